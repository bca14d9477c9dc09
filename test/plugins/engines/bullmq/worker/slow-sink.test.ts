import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { redisMissing, startRedis, type TestRedis } from '../../../../support/redis.ts';
import { gate } from '../../../../support/sinks.ts';
import { beginRun, countKinds, type DistributedRunOptions } from './distributed-run.ts';
import { itemsOf, listing } from './upstreams.ts';

describe.skipIf(redisMissing !== undefined)('a slow sink slows the fetchers of a worker', () => {
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

  /** Pages that there are: far more than any of the bounds. */
  const pages = 120;
  /** Milliseconds: more than those after which another would take over what nobody holds, and than those to a commit. */
  const shutMs = 1500;

  /** A run whose sink writes nothing until `sink` opens. */
  async function beginShut(options: Pick<DistributedRunOptions, 'maxInFlightBytes'> = {}) {
    const sink = gate();
    const asked: string[] = [];
    const run = await beginRun({
      redis,
      sources: [listing('shop')],
      upstream: (url, signal) => {
        asked.push(url.href);
        return itemsOf(pages * 10)(url, signal);
      },
      settings: { concurrency: 8 },
      onSink: (doing) => (doing === 'write' ? sink.opened : undefined),
      ...options,
    });
    open.push({
      close() {
        // A worker that waits for the sink would not end.
        sink.open();
        return run.close();
      },
    });
    return { run, sink, asked };
  }

  /** Opens the sink, and looks whether all has come, each page by one request. */
  async function expectAll({ run, sink, asked }: Awaited<ReturnType<typeof beginShut>>): Promise<void> {
    sink.open();
    expect(countKinds(await run.ended())).toEqual({ landed: pages, ended: 1 });
    expect(run.table.rows.size).toBe(pages * 10);
    expect(run.table.writes).toBe(pages * 10);
    expect(asked).toHaveLength(pages);
    expect(new Set(asked).size).toBe(pages);
  }

  test('by the bytes that they have fetched and the sink has not taken', async () => {
    // A page counts for its body, some 120 bytes, and 8 KiB that it takes beside it: 25 of them fill this.
    const begun = await beginShut({ maxInFlightBytes: 200 * 1024 });
    begun.run.startWorker({}, 200);
    await expect.poll(() => begun.asked.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(25);
    await wait(shutMs);
    // And as many again where the machine is so busy that pages take longer to come than room is kept for them.
    expect(begun.asked.length).toBeLessThanOrEqual(2 * 25);
    expect(begun.run.table.rows.size).toBe(0);
    await expectAll(begun);
  });

  test('by the pages that it has in hand', async () => {
    const begun = await beginShut();
    begun.run.startWorker({}, 12);
    await expect.poll(() => begun.asked.length, { timeout: 10_000 }).toBe(12);
    await wait(shutMs);
    expect(begun.asked).toHaveLength(12);
    expect(begun.run.table.rows.size).toBe(0);
    await expectAll(begun);
  });
});
