import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { redisMissing, startRedis, type TestRedis } from '../../../../support/redis.ts';
import { beginRun, countKinds, type DistributedRunOptions } from './distributed-run.ts';
import { itemsOf, listing } from './upstreams.ts';

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
});
