import { loadBuilt } from '../suite/dist.mjs';

const source = 'dummyjson';
const modules = {
  hash: 'core/processing/hash.js',
  inline: 'core/processing/inline.js',
  pool: 'core/processing/pool.js',
  resolve: 'core/config/resolve.js',
  metrics: 'core/metrics/page-metrics.js',
};

async function load() {
  const loaded = await Promise.all(Object.values(modules).map(loadBuilt));
  return Object.fromEntries(Object.keys(modules).map((name, index) => [name, loaded[index]]));
}

/** Pages as bytes to NDJSON, metrics and hashes: the product's own processing, on `threads` threads (0: the main one). */
export async function createByteProcessor(threads) {
  const { hash, inline, pool, resolve, metrics } = await load();
  const config = await resolve.resolveConfig({ sources: [source], sinks: ['ndjson'], workers: { threads } });
  const { sources, model, modelLocator, workers } = config;
  const hashKey = 1n;
  const processor =
    threads === 0
      ? inline.createInlineProcessor({
          sources: new Map(sources.map(({ name, plugin }) => [name, plugin])),
          model,
          hasher: await hash.createHasher(hashKey),
        })
      : pool.createWorkerPool({
          ...workers,
          sources: Object.fromEntries(sources.map(({ name, locator }) => [name, locator])),
          model: { name: model.name, locator: modelLocator },
          hashKey,
        });
  const sums = new Map();
  return {
    async process(bytes) {
      const verdict = await processor.process({
        source,
        bytes,
        contentType: 'application/json',
        processedAt: '2026-01-01T00:00:00.000Z',
      });
      // What the main thread does when it accepts a page.
      metrics.addPageMetrics(sums, verdict.metrics);
      return verdict.count;
    },
    close: () => processor.close(),
  };
}
