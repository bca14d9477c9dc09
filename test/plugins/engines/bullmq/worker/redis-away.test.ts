import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../../../core/contracts/clock.ts';
import { systemClock } from '../../../../../core/system-clock.ts';
import { redisMissing, startRedis } from '../../../../support/redis.ts';
import { beginRun, countKinds } from './distributed-run.ts';
import { itemsOf, listing, slow } from './upstreams.ts';

describe.skipIf(redisMissing !== undefined)('a worker whose Redis is away or full', () => {
  test('goes on when Redis was stopped hard and started again', async () => {
    const own = await startRedis({ appendOnly: true });
    const run = await beginRun({
      redis: own,
      sources: [listing('shop')],
      upstream: slow(30, itemsOf(395)),
      settings: { concurrency: 4 },
    });
    try {
      run.startWorker();
      run.startWorker();
      await expect.poll(() => run.table.rows.size, { timeout: 10_000 }).toBeGreaterThan(50);
      await own.halt();
      await wait(700);
      await own.start();
      const told = await run.ended(40_000);
      expect(countKinds(told)).toEqual({ landed: 40, ended: 1 });
      expect(run.table.rows.size).toBe(395);
    } finally {
      await run.close();
      await own.close();
    }
  }, 60_000);

  test('waits while the memory of Redis is full, and goes on', async () => {
    const own = await startRedis();
    const upstream = slow(30, itemsOf(395));
    const run = await beginRun({ redis: own, sources: [listing('shop')], upstream, settings: { concurrency: 4 } });
    try {
      const worker = run.startWorker();
      await expect.poll(() => run.table.rows.size, { timeout: 10_000 }).toBeGreaterThan(50);
      await own.ask('CONFIG', 'SET', 'maxmemory', '1');
      // It has told by then, more than once, that it lives.
      await wait(2500);
      await own.ask('CONFIG', 'SET', 'maxmemory', '0');
      const told = await Promise.race([run.ended(40_000), worker.working]);
      expect(countKinds(told ?? [])).toEqual({ landed: 40, ended: 1 });
      expect(run.table.rows.size).toBe(395);
    } finally {
      await run.close();
      await own.close();
    }
  }, 60_000);

  test('ends within its time although Redis is away', async () => {
    const own = await startRedis({ appendOnly: true });
    const run = await beginRun({
      redis: own,
      sources: [listing('shop')],
      upstream: slow(30, itemsOf(995)),
      settings: { concurrency: 2 },
    });
    const worker = run.startWorker({ clock: faster }, undefined, 500);
    await expect.poll(() => run.table.rows.size, { timeout: 10_000 }).toBeGreaterThan(20);
    await own.halt();
    worker.stop();
    await worker.working;
    await run.close();
    await own.close();
  }, 20_000);

  test('that waits for a run ends when it is told to, although Redis is away', async () => {
    const own = await startRedis();
    const run = await beginRun({ redis: own, sources: [listing('shop')], upstream: itemsOf(5) });
    await run.registry.setState(run.run.runId, 'paused');
    const worker = run.startWorker();
    await wait(1000);
    await own.halt();
    await wait(700);
    worker.stop();
    expect(await Promise.race([worker.working, wait(3000, 'goes on')])).toBeUndefined();
    await own.start();
    await run.close();
    await own.close();
  }, 10_000);
});

/** Waits a fifth of the time. */
const faster: Clock = { ...systemClock, timer: (ms, fire) => systemClock.timer(ms / 5, fire) };
