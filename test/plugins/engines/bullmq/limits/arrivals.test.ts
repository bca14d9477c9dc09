import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDice } from '../../../../../core/dice.ts';
import { type Arrival, arrivalsServer, type ArrivalsServer, closestWindow } from '../../../../support/arrivals.ts';
import { redisMissing, startRedis, type TestRedis } from '../../../../support/redis.ts';

const rateLimit = { requests: 30, perMs: 1000 };
const limits = { rateLimit, concurrency: 12, rateLimitMarginMs: 20 };
const sender = new URL('../../../../support/shared-sender.mjs', import.meta.url);

let upstream: ArrivalsServer;
let redis: TestRedis | undefined;
beforeAll(async () => {
  upstream = await arrivalsServer();
  if (redisMissing === undefined) redis = await startRedis({ appendOnly: true });
});
afterAll(async () => {
  await upstream.close();
  await redis?.close();
});

let lives = 0;
async function start(name: string): Promise<ChildProcess> {
  lives += 1;
  const setup = { origin: upstream.origin, redis: redis?.url, worker: `${name}${lives}`, limits: { ...limits, name } };
  const child = fork(sender, [JSON.stringify(setup)], { execArgv: [] });
  await Promise.race([once(child, 'message'), once(child, 'exit')]);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** What the upstream saw while `work` ran. */
async function arrivalsDuring(work: () => Promise<unknown>): Promise<readonly Arrival[]> {
  const before = (await upstream.arrivals()).length;
  await work();
  return (await upstream.arrivals()).slice(before);
}

describe.skipIf(redisMissing !== undefined)('the rate limit of several processes, as a server sees it', () => {
  test('holds in every window, at irregular times and with retries', async () => {
    const arrivals = await arrivalsDuring(async () => {
      const children = await Promise.all(Array.from({ length: 4 }, () => start('shop')));
      await sleep(6000);
      await Promise.all(children.map(kill));
    });
    expect(closestWindow(arrivals, rateLimit.requests)).toBeGreaterThanOrEqual(rateLimit.perMs);
    // They were busy: at least half of what is allowed.
    expect(arrivals.length).toBeGreaterThan(3 * rateLimit.requests);
  }, 60_000);

  test('holds while processes are killed and others come', async () => {
    const dice = createDice('kill -9');
    const arrivals = await arrivalsDuring(async () => {
      const children = await Promise.all(Array.from({ length: 3 }, () => start('killed')));
      for (let kills = 0; kills < 6; kills += 1) {
        await sleep(dice.int(100, 900));
        const [killed] = children.splice(dice.int(0, children.length - 1), 1);
        if (killed !== undefined) await kill(killed);
        children.push(await start('killed'));
      }
      await Promise.all(children.map(kill));
    });
    expect(closestWindow(arrivals, rateLimit.requests)).toBeGreaterThanOrEqual(rateLimit.perMs);
    expect(arrivals.length).toBeGreaterThan(2 * rateLimit.requests);
  }, 60_000);

  test('would be found broken by this measurement, were each to keep it alone', async () => {
    const arrivals = await arrivalsDuring(async () => {
      const children = await Promise.all(['one', 'two', 'three'].map(start));
      await sleep(2500);
      await Promise.all(children.map(kill));
    });
    expect(closestWindow(arrivals, rateLimit.requests)).toBeLessThan(rateLimit.perMs);
  }, 60_000);
});
