import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunRecord } from '../../../core/index.ts';
import { systemClock } from '../../../core/system-clock.ts';
import { createRunLedger } from '../../../plugins/engines/bullmq/ledger/run-ledger.ts';
import { createRunRegistry } from '../../../plugins/engines/bullmq/ledger/run-registry.ts';
import { connectRedis } from '../../../plugins/engines/bullmq/redis/connect.ts';
import { runKeys } from '../../../plugins/engines/bullmq/redis/keys.ts';
import { resolveRedis } from '../../../plugins/engines/bullmq/redis/options.ts';
import { foldOutcomes } from '../../../plugins/engines/bullmq/worker/fold-outcomes.ts';
import { redisMissing, startRedis, type TestRedis } from '../../support/redis.ts';
import { createShop, pages, size } from './shop.ts';

describe.skipIf(redisMissing !== undefined)('a coordinator that is suspended', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  /** Folds what the workers have told, as one of them does that sees no coordinator and very many outcomes. */
  async function foldAsWorker(runId: string): Promise<void> {
    const connection = await connectRedis({ settings: resolveRedis(redis.url), role: 'test' });
    const ledger = createRunLedger({
      redis: connection.client,
      key: runKeys('sluice', runId).prefix,
      vault: { hide: (request) => request, show: (request) => request },
      runId,
      sources: ['shop'],
      jobKey: (source) => source,
    });
    const registry = createRunRegistry({ redis: connection.client, queue: 'sluice' });
    const context = { config: { sources: [] }, clean: (text: string) => text, clock: systemClock } as never;
    await expect.poll(() => ledger.endedSources(), { timeout: 20_000, interval: 50 }).toBe(1);
    // It has said nothing for as long as that takes.
    await redis.ask('DEL', ...(await redis.ask('KEYS', '*:duty:coordinator')).split('\n'));
    await foldOutcomes({ runId, ledger, registry, context });
    expect((await ledger.checkpoint())?.state.toString()).toContain('"ended":[["shop"');
    await connection.close();
  }

  test('goes on where a worker has folded what happened meanwhile, and its report tells all of it', async () => {
    const scene = await createShop(redis);
    const worker = scene.start('worker');
    const run = scene.start('run', '--report', 'report.json', '--log-level', 'info');
    await worker.says('takes pages');
    await new Promise((resolve) => setTimeout(resolve, 800));
    run.kill('SIGSTOP');
    const [, runId = ''] = /run (\S+):/.exec(run.said()) ?? [];
    await foldAsWorker(runId);
    run.kill('SIGCONT');
    expect(await run.ended, run.said()).toBe(0);
    expect(run.said()).toMatch(/workers have counted \d+ records while this process could not/);
    const { report } = await scene.read<RunRecord>('report.json');
    expect(report.summary).toMatchObject({ total_products: pages * size, partial: false });
    expect(report.monitoring.sources['shop']).toMatchObject({
      state: 'complete',
      pages: { delivered: pages, failed: 0 },
      requests: pages,
      records: pages * size,
    });
    expect(report.monitoring.lives).toBe(1);
  }, 60_000);
});
