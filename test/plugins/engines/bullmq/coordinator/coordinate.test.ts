import { afterEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../../../../core/contracts/clock.ts';
import { systemClock } from '../../../../../core/system-clock.ts';
import { coordinate } from '../../../../../plugins/engines/bullmq/coordinator/coordinate.ts';
import { redisMissing, startRedis, type TestRedis } from '../../../../support/redis.ts';
import { beginRun } from '../worker/distributed-run.ts';
import { itemsOf, listing } from '../worker/upstreams.ts';

let redis: TestRedis | undefined;
afterEach(() => redis?.close());

/** A hundred times as fast. */
const hasty: Clock = { ...systemClock, timer: (ms, ring) => systemClock.timer(ms / 100, ring) };

describe.skipIf(redisMissing !== undefined)('a coordinator whose Redis goes away while it begins', () => {
  test('waits for it, and not much longer once it is told to stop', async () => {
    const server = (redis = await startRedis());
    const scene = await beginRun({ redis: server, sources: [listing('shop')], upstream: itemsOf(5) });
    await scene.registry.remove(scene.run.runId);
    const warned: string[] = [];
    const logger = { error() {}, warn: (text: string) => void warned.push(text), info() {}, debug() {} };
    // Asked for when Redis has said that there is no other run, and is about to be asked again.
    const date = (): number => {
      void server.halt();
      return 0;
    };
    const stop = new AbortController();
    const begun = coordinate({ ...scene.context, logger, clock: { ...hasty, date } }, scene.engine, {
      resume: undefined,
      fullRefresh: false,
      signal: stop.signal,
    });
    const ended = begun.catch((thrown: unknown) => thrown);
    await expect.poll(() => warned).toEqual([expect.stringContaining('is away: waiting for it')]);
    // As long as nobody tells it to stop, it waits.
    expect(await Promise.race([ended, new Promise((done) => setTimeout(done, 300, 'waits'))])).toBe('waits');
    stop.abort();
    expect(await ended).toMatchObject({
      code: 'redis_unavailable',
      message: expect.stringContaining('no longer waited for: the run has not begun, or not gone on'),
    });
    await scene.close();
  });
});
