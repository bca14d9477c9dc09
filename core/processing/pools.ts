import type { ResolvedConfig } from '../config/resolved.ts';
import type { PageProcessor } from '../contracts/batch.ts';
import { hasEnricher } from '../normalizing/flat-steps.ts';
import { createWorkerPool } from './pool.ts';
import { routeBySource } from './routed.ts';

type PoolsConfig = Pick<ResolvedConfig, 'sources' | 'model' | 'modelLocator' | 'workers' | 'quality' | 'categories'>;

/** The threads of a run: a pool for all sources, and a thread for each whose records are enriched. */
export function createProcessorPools(config: PoolsConfig, hashKey: bigint): PageProcessor {
  const { sources, model, modelLocator, workers, quality, categories } = config;
  const locators = Object.fromEntries(sources.map(({ name, locator }) => [name, locator]));
  const { threads, batchBytes, recordTimeoutMs } = workers;
  const named = { name: model.name, locator: modelLocator };
  const setup = { recordTimeoutMs, sources: locators, model: named, hashKey, quality, categories };
  const enriched = sources.filter(({ plugin }) => hasEnricher(plugin));
  if (enriched.length === 0) return createWorkerPool({ ...setup, threads, batchBytes });
  // A page is in hand for as long as its records wait, so one goes at a time: the least of batches.
  const own = enriched.map(
    ({ name }) => [name, createWorkerPool({ ...setup, threads: 1, batchBytes: 1, enriching: true })] as const,
  );
  const rest = enriched.length < sources.length ? createWorkerPool({ ...setup, threads, batchBytes }) : undefined;
  return routeBySource(new Map(own), rest);
}
