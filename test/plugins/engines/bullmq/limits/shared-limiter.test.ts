import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { RateLimiter } from '../../../../../core/contracts/resilience.ts';
import { systemClock } from '../../../../../core/system-clock.ts';
import type { LimiterCall } from '../../../../../plugins/engines/bullmq/limits/limiter-protocol.ts';
import { limiterScript } from '../../../../../plugins/engines/bullmq/limits/limiter-script.ts';
import { redisMissing, startRedis, type TestRedis, type TestRedisOptions } from '../../../../support/redis.ts';
import { limitedSource, limitsOfWorker, type TestWorker } from '../../../../support/shared-limits.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function server(options?: TestRedisOptions): Promise<TestRedis> {
  const started = await startRedis(options);
  open.push(started);
  return started;
}

async function worker(url: string, name: string): Promise<TestWorker> {
  const started = await limitsOfWorker(url, name);
  open.push(started);
  return started;
}

async function limitersOf(url: string, names: readonly string[], change: Parameters<typeof limitedSource>[0]) {
  const workers = await Promise.all(names.map((name) => worker(url, name)));
  return workers.map(({ limits }) => limits.limits(limitedSource(change)));
}

const noSignal = new AbortController().signal;
const now = (): number => systemClock.now();

async function send(limiter: RateLimiter, cost = 1): Promise<number> {
  (await limiter.acquire(noSignal, { cost })).sent();
  return now();
}

/** Sends until `signal` aborts, `atOnce` requests at a time, and notes when. */
async function sendAll(limiter: RateLimiter, signal: AbortSignal, atOnce: number, notes: number[]): Promise<void> {
  async function sender(): Promise<void> {
    for (;;) {
      const permit = await limiter.acquire(signal).catch(() => undefined);
      if (permit === undefined) return;
      permit.sent();
      notes.push(now());
      await sleep(5);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, sender));
}

/** The shortest time in which one more than `requests` were sent. */
function closest(sends: readonly number[], requests: number): number {
  const sorted = sends.toSorted((a, b) => a - b);
  return Math.min(...sorted.slice(requests).map((time, index) => time - (sorted[index] ?? 0)));
}

describe.skipIf(redisMissing !== undefined)('workers with one limiter', () => {
  test('keep the window together, each with its share, and ask seldom', async () => {
    const { url, ask } = await server();
    const rateLimit = { requests: 40, perMs: 400 };
    const sources = await limitersOf(url, ['a', 'b', 'c', 'd'], { rateLimit, rateLimitMarginMs: 10 });
    await ask('CONFIG', 'RESETSTAT');
    const ends = AbortSignal.timeout(3000);
    const notes = sources.map((): number[] => []);
    await Promise.all(sources.map(({ limiter }, index) => sendAll(limiter, ends, 30, notes[index] ?? [])));
    const all = notes.flat();
    expect(closest(all, rateLimit.requests)).toBeGreaterThanOrEqual(rateLimit.perMs);
    // 7.3 windows of 40.
    expect(all.length).toBeGreaterThan(200);
    for (const { length } of notes) expect(length).toBeGreaterThan(all.length / 10);
    const calls = Number(/cmdstat_evalsha:calls=(\d+)/.exec(await ask('INFO', 'commandstats'))?.[1]);
    expect(calls / all.length).toBeLessThan(1);
  });

  test('a pause, a lower limit and the steps of a storm are those of all', async () => {
    const { url } = await server();
    const [first, second] = await limitersOf(url, ['a', 'b'], { rateLimit: { requests: 8, perMs: 300 } });
    if (first === undefined || second === undefined) throw new Error('no limiters');
    first.storm.steps += 1;
    const begun = now();
    expect(first.limiter.lower()).toEqual([4]);
    first.limiter.pause(500);
    first.storm.pauseEndsAt = now() + 500;
    first.storm.lowerAgainAt = first.storm.pauseEndsAt;
    await sleep(50);
    await send(second.limiter);
    expect(now() - begun).toBeGreaterThanOrEqual(500);
    expect(second.storm.steps).toBe(1);
    expect(second.storm.lowerAgainAt - begun).toBeGreaterThanOrEqual(450);
    expect(second.limiter.lower()).toEqual([2]);
    second.storm.steps = 0;
    await sleep(50);
    await send(first.limiter);
    expect(first.storm.steps).toBe(0);
  });

  test('workers that meet the same refusals lower the limit once', async () => {
    const { url } = await server();
    const [first, second] = await limitersOf(url, ['a', 'b'], { rateLimit: { requests: 8, perMs: 100 } });
    if (first === undefined || second === undefined) throw new Error('no limiters');
    for (const { limiter, storm } of [first, second]) {
      limiter.lower();
      limiter.pause(400);
      storm.lowerAgainAt = now() + 400;
    }
    await send(first.limiter);
    expect(first.limiter.lower()).toEqual([2]);
  });

  test('a request of many places is not starved by other workers', async () => {
    const { url } = await server();
    const [large, small] = await limitersOf(url, ['a', 'b'], { rateLimit: { requests: 10, perMs: 300 } });
    if (large === undefined || small === undefined) throw new Error('no limiters');
    const ends = AbortSignal.timeout(5000);
    const sending = sendAll(small.limiter, ends, 20, []);
    await sleep(350);
    const begun = now();
    await send(large.limiter, 9);
    expect(now() - begun).toBeLessThan(2500);
    await sending;
  }, 15_000);

  test('permits of a worker that is gone are used until they can’t be sent, and count as sent then', async () => {
    const { url } = await server();
    const timeouts = { connectMs: 100, headersMs: 1000, bodyMs: 1000, attemptMs: 2000 };
    const [first, second] = await limitersOf(url, ['a', 'b'], { rateLimit: { requests: 1, perMs: 500 }, timeouts });
    if (first === undefined || second === undefined) throw new Error('no limiters');
    // Neither sent nor given back, as after a kill.
    await first.limiter.acquire(noSignal);
    const begun = now();
    await send(second.limiter);
    // 2000 ms for the answer, 100 ms to connect, and a window after that.
    expect(now() - begun).toBeGreaterThanOrEqual(2600);
    expect(now() - begun).toBeLessThan(4500);
  });

  test('what a call did is not done twice where its answer was lost', async () => {
    const { url, ask } = await server();
    const { connection } = await worker(url, 'a');
    const call: LimiterCall = {
      id: 'a:1',
      worker: 'a',
      seenEpoch: '',
      seenCount: 0,
      marginMs: 0,
      windows: [[3, 60_000]],
      leaseMs: 5000,
      sent: [],
      released: [],
      wants: [1, 1],
      pauseMs: 0,
      lower: 0,
    };
    const keys = ['state', 'log', 'open', 'queue', 'reply'].map((part) => `{x}:${part}`);
    const answer = await limiterScript.run(connection.client, keys, [JSON.stringify(call)]);
    expect(await limiterScript.run(connection.client, keys, [JSON.stringify(call)])).toBe(answer);
    expect(await ask('ZCARD', '{x}:open')).toBe('2');
    expect(await ask('HGET', '{x}:state', 'out')).toBe('2');
  });
});

describe.skipIf(redisMissing !== undefined)('a limiter whose server', () => {
  const rateLimit = { requests: 20, perMs: 1000 };

  test('is away for a while goes on with it, and keeps the limit over the gap', async () => {
    const { url, halt, start } = await server({ appendOnly: true });
    const sources = await limitersOf(url, ['a', 'b'], { rateLimit });
    const ends = AbortSignal.timeout(6000);
    const sends: number[] = [];
    const sending = Promise.all(sources.map(({ limiter }) => sendAll(limiter, ends, 15, sends)));
    await sleep(1200);
    await halt();
    const halted = sends.length;
    await sleep(1500);
    await start();
    await sending;
    expect(closest(sends, rateLimit.requests)).toBeGreaterThanOrEqual(rateLimit.perMs);
    expect(sends.length).toBeGreaterThan(halted + rateLimit.requests);
  }, 20_000);

  test('lost its memory takes the windows for full', async () => {
    const { url, halt, start } = await server();
    const sources = await limitersOf(url, ['a', 'b'], { rateLimit });
    const ends = AbortSignal.timeout(5000);
    const sends: number[] = [];
    const sending = Promise.all(sources.map(({ limiter }) => sendAll(limiter, ends, 15, sends)));
    await sleep(1100);
    await halt();
    await start();
    await sending;
    expect(closest(sends, rateLimit.requests)).toBeGreaterThanOrEqual(rateLimit.perMs);
    expect(sends.length).toBeGreaterThan(3 * rateLimit.requests);
  }, 20_000);

  test('lost the end of its memory counts what workers know of', async () => {
    const { url, ask } = await server();
    const [source] = await limitersOf(url, ['a'], { rateLimit: { requests: 3, perMs: 1500 } });
    if (source === undefined) throw new Error('no limiter');
    await send(source.limiter);
    await send(source.limiter);
    await sleep(600);
    // As after a failover to a replica that had seen the first one only.
    const keys = (await ask('KEYS', '*:state')).split('\n');
    for (const key of keys) {
      await ask('HSET', key, 'count', '1', 'used1500', '0', 'out', '0');
      await ask('DEL', key.replace('state', 'log'), key.replace('state', 'open'));
    }
    const times = [await send(source.limiter), await send(source.limiter), await send(source.limiter)];
    expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(1400);
  });
});
