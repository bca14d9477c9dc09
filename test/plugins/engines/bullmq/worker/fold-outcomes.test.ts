import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRunState } from '../../../../../plugins/engines/bullmq/coordinator/run-state.ts';
import { foldOutcomes } from '../../../../../plugins/engines/bullmq/worker/fold-outcomes.ts';
import { redisMissing, startRedis, type TestRedis } from '../../../../support/redis.ts';
import { beginRun } from './distributed-run.ts';
import { itemsOf, listing } from './upstreams.ts';

describe.skipIf(redisMissing !== undefined)('outcomes that no coordinator takes', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    await redis.close();
  });

  test('are folded once, and a coordinator that lives is left alone', async () => {
    const run = await beginRun({ redis, sources: [listing('shop')], upstream: itemsOf(95) });
    const { runId } = run.run;
    run.startWorker();
    await run.ended();
    const fold = { runId, ledger: run.ledger, registry: run.registry, context: run.context };
    await run.registry.coordinate(runId, { id: 'c', host: 'here', pid: 1 }, 60_000);
    await foldOutcomes(fold);
    expect(await run.ledger.checkpoint()).toBeUndefined();

    await run.registry.resign(runId, { id: 'c', host: 'here', pid: 1 });
    await Promise.all([foldOutcomes(fold), foldOutcomes(fold)]);
    const kept = await run.ledger.checkpoint();
    expect(readRunState(kept?.state).sources.get('shop')).toMatchObject({ pages: 10, records: 95 });
    expect(await run.ledger.outcomes(kept?.id ?? '0', 10)).toEqual([]);
    await run.close();
  });
});
