import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chooseRun } from '../../../../../plugins/engines/bullmq/coordinator/choose-run.ts';
import { noFigures } from '../../../../../core/state/figures.ts';
import { finishRun } from '../../../../../plugins/engines/bullmq/coordinator/finish-run.ts';
import { listRuns } from '../../../../../plugins/engines/bullmq/coordinator/list-runs.ts';
import { pruneRuns } from '../../../../../plugins/engines/bullmq/coordinator/prune-runs.ts';
import { newRunState } from '../../../../../plugins/engines/bullmq/coordinator/run-state.ts';
import type { RunState } from '../../../../../plugins/engines/bullmq/ledger/runs.ts';
import type { Patience } from '../../../../../plugins/engines/bullmq/redis/patience.ts';
import { runKeys } from '../../../../../plugins/engines/bullmq/redis/keys.ts';
import { redisMissing, startRedis, type TestRedis } from '../../../../support/redis.ts';
import { beginRun } from '../worker/distributed-run.ts';
import { itemsOf, listing } from '../worker/upstreams.ts';

describe.skipIf(redisMissing !== undefined)('runs that a queue keeps', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  /** Runs of a queue, each with something of it in Redis, after a new one has begun. */
  async function pruned(given: Readonly<Record<string, RunState>>, keepDays: number, gone: readonly string[] = []) {
    const scene = await beginRun({ redis, sources: [listing('shop')], upstream: itemsOf(5) });
    const { registry, run, connection, queue, context } = scene;
    const noteOf = (runId: string): string => `${runKeys(queue, runId).prefix}:checkpoint`;
    await registry.remove(run.runId);
    for (const [runId, state] of Object.entries(given)) {
      await registry.register({ ...run, runId });
      if (state === 'ended') await registry.end(runId, { records: 5, lives: 2 });
      else await registry.setState(runId, state);
      if (!gone.includes(runId)) await connection.client.set(noteOf(runId), 'note');
    }
    const options = { ...scene.engine, keepDays };
    const impatient: Patience = (work) => work();
    const { client } = connection;
    await pruneRuns({ connection, redis: client, patience: impatient, registry, context, options, runId: 'new' });
    const listed = (await registry.list()).map(({ runId }) => runId).toSorted();
    const left: Record<string, number> = {};
    for (const runId of Object.keys(given)) left[runId] = await connection.client.ttl(noteOf(runId));
    await scene.close();
    return { listed, left };
  }

  test('are the ten newest of those that were stopped', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `run-${String(index).padStart(2, '0')}`);
    const { listed, left } = await pruned(Object.fromEntries(ids.map((id) => [id, 'paused'])), 0);
    expect(listed).toEqual(ids.slice(2));
    expect([left['run-01'], left['run-02']]).toEqual([-2, -1]);
  });

  test('are those that have ended, for as many days as are wanted', async () => {
    const given = { expired: 'ended', fresh: 'ended', stopped: 'paused' } as const;
    const { listed, left } = await pruned(given, 2, ['expired']);
    expect(listed).toEqual(['fresh', 'stopped']);
    // A crash may have kept it from being given an end.
    expect(left['fresh']).toBeGreaterThan(100_000);
    expect(left['stopped']).toBe(-1);
  });

  test('are none that have ended, where none are wanted', async () => {
    expect(await pruned({ ended: 'ended' }, 0)).toEqual({ listed: [], left: { ended: -2 } });
  });

  test('are those that have ended after one that was stopped: its data is older, and no resume is to take it up', async () => {
    const given = { a: 'paused', b: 'ended', c: 'ended' } as const;
    // The newest says it for all.
    expect(await pruned(given, 0)).toEqual({ listed: ['a', 'c'], left: { a: -1, b: -2, c: -2 } });
    expect((await pruned(given, 2, ['b', 'c'])).listed).toEqual(['a', 'c']);
    const ids = Array.from({ length: 10 }, (_, index) => `d-${index}`);
    const newer = Object.fromEntries(ids.map((id) => [id, 'paused'] as const));
    // The one that was stopped is removed for the newer ones, and the one that has ended is of no use any more.
    expect((await pruned({ ...given, ...newer }, 0)).listed).toEqual(ids);
  });

  test.each([
    ['nothing of it, where none was stopped before', undefined, []],
    ['that it has ended, where one was stopped before', 'same', ['20260101T000000Z-a', 'ended']],
    ['nothing of it, where the one before is of another config', 'other', ['20260101T000000Z-a']],
  ])('keep of a run at its end %s', async (_, config, kept) => {
    const scene = await beginRun({ redis, sources: [listing('shop')], upstream: itemsOf(5) });
    const { registry, run, ledger, pages: queue, context } = scene;
    if (config !== undefined) {
      const fingerprint = { sources: config };
      await registry.register({ ...run, runId: '20260101T000000Z-a', state: 'paused', fingerprint });
    }
    const waiting = join(redis.folder, 'waiting');
    const state = { ...newRunState(), life: 3, sources: new Map([['shop', { ...noFigures(), records: 7 }]]) };
    const end = {
      config: context.config,
      run,
      state,
      registry,
      ledger,
      forgetQueue: queue.forget,
      keepDays: 0,
      waiting,
    };
    await finishRun({ ...end, fullRefresh: false }, ['shop']);
    const complete = (await listRuns(context, scene.engine)).filter(({ id }) => id === run.runId);
    // What it came to is told also where all else of it is gone.
    const told = { state: 'complete', records: 7, lives: 3 };
    expect(complete).toEqual(
      kept.filter((id: string) => id === 'ended').map((): unknown => expect.objectContaining(told)),
    );
    const listed = (await registry.list()).map(({ runId }) => (runId === run.runId ? 'ended' : runId));
    const resume = { kind: 'last' } as const;
    const chosen = await chooseRun({ registry, context, queue: scene.queue, resume });
    await scene.close();
    expect(listed.toSorted()).toEqual(kept);
    expect(chosen).toBeUndefined();
  });
});
