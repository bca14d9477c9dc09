import { loadBuilt } from '../suite/dist.mjs';

const source = 'dummyjson';

/** Pages as bytes to NDJSON, metrics and hashes: the product's own processing, on `threads` threads (0: the main one). */
export async function createByteProcessor(threads) {
  const [{ createHasher }, { createInlineProcessor }, { createWorkerPool }, { resolveConfig }] = await Promise.all(
    ['core/processing/hash.js', 'core/processing/inline.js', 'core/processing/pool.js', 'core/config/resolve.js'].map(
      loadBuilt,
    ),
  );
  const config = await resolveConfig({ sources: [source], sinks: ['ndjson'], workers: { threads } });
  const { sources, model, modelLocator, workers } = config;
  const hashKey = 1n;
  const processor =
    threads === 0
      ? createInlineProcessor({
          sources: new Map(sources.map(({ name, plugin }) => [name, plugin])),
          model,
          hasher: await createHasher(hashKey),
        })
      : createWorkerPool({
          ...workers,
          sources: Object.fromEntries(sources.map(({ name, locator }) => [name, locator])),
          model: { name: model.name, locator: modelLocator },
          hashKey,
        });
  return {
    async process(bytes) {
      const verdict = await processor.process({
        source,
        bytes,
        contentType: 'application/json',
        processedAt: '2026-01-01T00:00:00.000Z',
      });
      return verdict.count;
    },
    close: () => processor.close(),
  };
}
