import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SourcePlugin } from '../../../../../core/contracts/source.ts';
import { offsetPagination } from '../../../../../core/pagination/offset.ts';
import { redisMissing, startRedis, type TestRedis } from '../../../../support/redis.ts';
import { beginRun, countKinds, type DistributedRunOptions, type Upstream } from './distributed-run.ts';

/** A listing of `total` items by pages of 10. */
function listing(name: string, more: Partial<SourcePlugin> = {}): SourcePlugin {
  return {
    name,
    baseUrl: `https://${name}.test`,
    rateLimit: { requests: 10_000, perMs: 1000 },
    pagination: offsetPagination({
      path: '/items',
      limit: 10,
      limitParam: 'limit',
      offsetParam: 'skip',
      total: (body) => (body as { total: number }).total,
    }),
    items: (body) => (body as { items: unknown }).items,
    normalizer: { normalize: (raw: { id: number }) => ({ id: raw.id, title: `Item ${raw.id}`, price: raw.id }) },
    ...more,
  };
}

function itemsOf(total: number): Upstream {
  return (url) => {
    const skip = Number(url.searchParams.get('skip'));
    const count = Math.max(0, Math.min(10, total - skip));
    return { body: { total, items: Array.from({ length: count }, (_, index) => ({ id: skip + index })) } };
  };
}

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
