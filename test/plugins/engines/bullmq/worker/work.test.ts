import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { redisMissing, startRedis, type TestRedis } from '../../../../support/redis.ts';
import { beginRun, countKinds, type DistributedRunOptions } from './distributed-run.ts';
import { gate } from '../../../../support/sinks.ts';
import { donePage } from '../ledger/ledger-fixture.ts';
import { itemsOf, listing, slow } from './upstreams.ts';

describe.skipIf(redisMissing !== undefined)('a worker', () => {
  let redis: TestRedis;
  const open: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  afterAll(async () => {
    await redis.close();
  });

  const settings = { concurrency: 2 };

  async function begin(options: Omit<DistributedRunOptions, 'redis'>) {
    const run = await beginRun({ redis, ...options });
    open.push(run);
    return run;
  }

  test('reads all pages of a source into the sinks, and tells each once', async () => {
    const run = await begin({ sources: [listing('shop')], upstream: itemsOf(95) });
    run.startWorker();
    const told = await run.ended();
    expect(countKinds(told)).toEqual({ landed: 10, ended: 1 });
    expect(told.at(-1)).toEqual({ kind: 'ended', source: 'shop', state: 'complete' });
    expect(run.table.rows.size).toBe(95);
    expect(run.table.writes).toBe(95);
  });

  test('several workers share the pages, and each is told once', async () => {
    const run = await begin({
      sources: [listing('shop'), listing('other')],
      upstream: slow(20, itemsOf(395)),
      settings: { concurrency: 8 },
    });
    const workers = [run.startWorker(), run.startWorker(), run.startWorker()];
    const told = await run.ended();
    expect(workers).toHaveLength(3);
    expect(countKinds(told)).toEqual({ landed: 80, ended: 2 });
    expect(run.table.rows.size).toBe(790);
    expect(run.table.writes).toBe(790);
    const sessions = new Set(told.flatMap((each) => (each.kind === 'sinks' ? [each.worker] : [])));
    expect(sessions.size).toBeGreaterThan(1);
  });

  test('a page that is taken over by another worker counts once, also where the first comes back', async () => {
    const asked = new Map<string, number>();
    const answer = gate();
    const run = await begin({
      sources: [listing('shop')],
      // The first to ask for this page hears nothing for long.
      upstream: async (url, signal) => {
        const count = (asked.get(url.href) ?? 0) + 1;
        asked.set(url.href, count);
        if (url.searchParams.get('skip') === '20' && count === 1) await answer.opened;
        return itemsOf(45)(url, signal);
      },
    });
    run.startWorker();
    const source = run.ledger.source('shop');
    await expect.poll(() => asked.get('https://shop.test/items?limit=10&skip=20')).toBe(1);
    // Somebody else takes it, has it written and acknowledged.
    const [started] = await source.start(2, 'heir');
    if (started === undefined) throw new Error('the page is over');
    answer.open();
    await expect.poll(() => asked.get('https://shop.test/items?limit=10&skip=20')).toBe(1);
    expect(await source.claim(started.page, 2n, BigUint64Array.of(1n))).toMatchObject({ state: 'yours' });
    await run.ledger.acknowledge({
      session: 'heir',
      number: 1,
      worker: 'heir',
      pages: [donePage('shop', started.page, { items: 10, records: 10 })],
      sinks: {},
      positions: {},
    });
    const told = await run.ended();
    expect(told.filter((each) => each.kind === 'landed' && each.key === started.page.request.key)).toHaveLength(1);
    expect(countKinds(told)).toMatchObject({ landed: 5, ended: 1 });
  });

  test('finishes what it has in hand when it is to stop, and another worker does the rest', async () => {
    const run = await begin({ sources: [listing('shop')], upstream: slow(30, itemsOf(700)), settings });
    const first = run.startWorker();
    await expect.poll(() => run.table.rows.size, { timeout: 10_000 }).toBeGreaterThan(20);
    first.stop();
    await first.working;
    const { delivered, inWork, waiting } = await run.ledger.source('shop').standing();
    expect(waiting).toBeGreaterThan(0);
    // All that it had written is acknowledged, and nothing is left in its hands.
    expect({ rows: run.table.rows.size, inWork }).toEqual({ rows: delivered * 10, inWork: 0 });
    expect(await run.registry.workers(run.run.runId)).toEqual([]);
    run.startWorker();
    expect(countKinds(await run.ended())).toEqual({ landed: 70, ended: 1 });
    expect(run.table.writes).toBe(700);
  });

  test('lets go of what does not end within the time to stop', async () => {
    let hangs = true;
    const run = await begin({
      sources: [listing('shop')],
      upstream: (url, signal) => {
        if (!hangs || url.searchParams.get('skip') === '0') return itemsOf(35)(url, signal);
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        });
      },
    });
    const first = run.startWorker({}, undefined, 200);
    await expect.poll(async () => (await run.ledger.source('shop').standing()).inWork).toBe(3);
    first.stop();
    await first.working;
    expect(await run.ledger.source('shop').standing()).toMatchObject({ inWork: 0, open: 3, delivered: 1 });
    hangs = false;
    run.startWorker();
    expect(countKinds(await run.ended())).toEqual({ landed: 4, ended: 1 });
  });

  test('ends when a sink fails, and another worker does all that it had not committed', async () => {
    let commits = 0;
    const run = await begin({
      sources: [listing('shop')],
      upstream: slow(30, itemsOf(700)),
      settings,
      onSink: (doing) => {
        if (doing === 'commit' && ++commits === 3) throw new Error('the disk is full');
      },
    });
    await expect(run.startWorker().working).rejects.toMatchObject({ code: 'sink_failed' });
    expect((await run.ledger.source('shop').standing()).inWork).toBe(0);
    run.startWorker();
    expect(countKinds(await run.ended())).toEqual({ landed: 70, ended: 1 });
    expect(run.table.rows.size).toBe(700);
  });

  test('refuses a run of another version or config', async () => {
    const run = await begin({ sources: [listing('shop')], upstream: itemsOf(5) });
    await expect(run.startWorker({ version: '2.0.0' }).working).rejects.toMatchObject({
      code: 'worker_refused',
      message: expect.stringContaining('1.0.0') as string,
    });
    const other = { sources: 'same', 'source shop: base URL': 'elsewhere' };
    await expect(run.startWorker({ fingerprint: other }).working).rejects.toMatchObject({
      code: 'worker_refused',
      message: expect.stringContaining('source shop: base URL') as string,
    });
  });

  test('takes no more pages of a run that is paused, until that goes on', async () => {
    const run = await begin({ sources: [listing('shop')], upstream: slow(30, itemsOf(295)) });
    run.startWorker();
    await expect.poll(() => run.table.rows.size, { timeout: 10_000 }).toBeGreaterThan(20);
    await run.registry.setState(run.run.runId, 'paused');
    await expect.poll(async () => run.registry.workers(run.run.runId), { timeout: 5000 }).toEqual([]);
    const rows = run.table.rows.size;
    await wait(300);
    expect(run.table.rows.size).toBe(rows);
    await run.registry.setState(run.run.runId, 'running');
    expect(countKinds(await run.ended())).toEqual({ landed: 30, ended: 1 });
    expect(run.table.writes).toBe(295);
  });

  test('a source of many pages does not hold up small ones, and the queue stays short', async () => {
    const small = Array.from({ length: 20 }, (_, index) => listing(`small${index}`));
    const run = await begin({
      sources: [listing('large'), ...small],
      upstream: slow(5, (url, signal) => itemsOf(url.hostname === 'large.test' ? 20_000 : 25)(url, signal)),
      settings: { concurrency: 2, maxPages: 100_000 },
    });
    run.startWorker({}, 8);
    let longest = 0;
    const smallOnes = async (): Promise<number> => {
      const { waiting, active } = await run.pages.counts();
      longest = Math.max(longest, waiting + active);
      const told = await run.ledger.outcomes('0', 100_000);
      return told.filter(({ outcome }) => outcome.kind === 'ended' && outcome.source !== 'large').length;
    };
    await expect.poll(smallOnes, { timeout: 20_000 }).toBe(20);
    const { delivered } = await run.ledger.source('large').standing();
    expect(delivered).toBeLessThan(400);
    // Four of each source, and what waits for the sinks.
    expect(longest).toBeLessThan(21 * 4 + 100);
  });

  test('a page at which workers die again and again is not tried for ever', async () => {
    const run = await begin({ sources: [listing('shop')], upstream: itemsOf(5) });
    const source = run.ledger.source('shop');
    await run.janitor.sweep();
    for (const token of ['a', 'b', 'c']) {
      for (const { page } of await source.start(0, token)) await source.suspect(page);
    }
    run.startWorker();
    const told = await run.ended();
    expect(told.find(({ kind }) => kind === 'failed')).toMatchObject({ error: { code: 'worker_failed' } });
    expect(told.find(({ kind }) => kind === 'ended')).toMatchObject({ state: 'failed' });
  });
});
