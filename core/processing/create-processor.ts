import type { ResolvedConfig } from '../config/resolved.ts';
import type { PageProcessor } from '../contracts/batch.ts';
import type { Hasher } from './hash.ts';
import { createInlineProcessor } from './inline.ts';
import { createProcessorPools } from './pools.ts';

/** What processes the pages of a config: its worker threads, or this one. */
export function createProcessor(config: ResolvedConfig, hasher: Hasher, hashKey: bigint): PageProcessor {
  const { sources, model, workers, quality, categories } = config;
  if (workers.threads === 0) {
    const plugins = new Map(sources.map(({ name, plugin }) => [name, plugin]));
    return createInlineProcessor({ sources: plugins, model, hasher, quality, categories });
  }
  return createProcessorPools(config, hashKey);
}
