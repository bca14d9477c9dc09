import { resolveConfig } from '../config/resolve.ts';
import type { PipelineConfig } from '../config/define-config.ts';
import type { ResolvedConfig } from '../config/resolved.ts';
import type { PageProcessor } from '../contracts/batch.ts';
import type { Services } from '../contracts/services.ts';
import { sourcesSince } from '../incremental/since.ts';
import type { PipelineOptions } from '../index.ts';
import { createHashKey } from '../processing/hash-key.ts';
import { exchangedRun } from '../recording/exchanged-run.ts';
import type { Pipeline } from '../run/pipeline.ts';
import { openKeptRun } from '../state/open-kept-run.ts';

/** See `createPipeline` in `core/index.ts`; the order is that in which a run is soonest at its first request. */
export async function createPipeline(
  config: PipelineConfig | ResolvedConfig,
  services: Services,
  { resume, record, replay, fullRefresh, signal }: PipelineOptions,
): Promise<Pipeline> {
  // What was resolved already has found its secrets; a config as it is written has no such key.
  const resolved = 'secrets' in config ? config : await resolveConfig(config);
  if (resolved.engine !== undefined) {
    const { coordinatePipeline } = await import('../engine/coordinate.ts');
    return coordinatePipeline(resolved.engine, resolved, services, { resume, record, replay, fullRefresh, signal });
  }
  const exchanged = await exchangedRun(resolved, services, { record, replay });
  // A replay has no cursor to ask since: what it asks for has to have been recorded.
  const whole = fullRefresh === true || record !== undefined;
  // A thread takes as long to start as this one takes for the state folder and the HTTP client. Of a run that is taken
  // up, the journal has the key of its hashes.
  const newKey = createHashKey();
  let threads = resume === undefined ? await startThreads(exchanged.config, exchanged.services, newKey) : undefined;
  try {
    const run = await openKeptRun(exchanged.config, services, { resume, fullRefresh: whole, hashKey: newKey });
    try {
      threads ??= await startThreads(exchanged.config, exchanged.services, run.hashKey);
      const [{ createContainer }, { tokens }] = await Promise.all([import('./container.ts'), import('./tokens.ts')]);
      const sources = sourcesSince(exchanged.config.sources, run.since);
      const given = threads === undefined ? exchanged.services : { ...exchanged.services, processor: threads };
      const container = await createContainer({ ...exchanged.config, sources }, given, run);
      return container.resolve(tokens.pipeline);
    } catch (error) {
      // Nobody is going to run it, and the state folder would stay locked.
      await run.journal.close();
      throw error;
    }
  } catch (error) {
    await threads?.close();
    throw error;
  }
}

/** The threads of a run; undefined where it has none, or another processor. */
async function startThreads(
  config: ResolvedConfig,
  services: Services,
  hashKey: bigint,
): Promise<PageProcessor | undefined> {
  const given = services.processor ?? config.services.processor;
  if (config.workers.threads === 0 || given !== undefined) return undefined;
  const { createProcessorPools } = await import('../processing/pools.ts');
  return createProcessorPools(config, hashKey);
}
