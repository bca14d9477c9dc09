import type { ResolvedConfig, ResolvedEngine } from '../config/resolved.ts';
import type { PageProcessor } from '../contracts/batch.ts';
import type { Services } from '../contracts/services.ts';
import { createContainer } from '../di/container.ts';
import { tokens } from '../di/tokens.ts';
import { SluiceError } from '../errors.ts';
import type { Pipeline } from '../run/pipeline.ts';
import type { ResumeRequest } from '../state/choose-run.ts';
import { engineContext } from './engine-context.ts';

/** What of a run's options an engine has to do with. */
export interface CoordinatePipelineOptions {
  readonly resume: ResumeRequest | undefined;
  readonly record: string | undefined;
  readonly replay: string | undefined;
  readonly fullRefresh: boolean | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Builds the pipeline that is the coordinator of a run on several machines. Throws what the engine's `coordinate` throws,
 * and `config_invalid` for what no such run can do.
 */
export async function coordinatePipeline(
  { plugin, options }: ResolvedEngine,
  config: ResolvedConfig,
  services: Services,
  { resume, record, replay, fullRefresh = false, signal }: CoordinatePipelineOptions,
): Promise<Pipeline> {
  const problem = problemOf({ record, replay, resume, engine: services.engine ?? config.services.engine });
  if (problem !== undefined) throw new SluiceError('config_invalid', `the engine "${plugin.name}" ${problem}`);
  const run = await plugin.coordinate(await engineContext(config, services), options, { resume, fullRefresh, signal });
  try {
    const { engine } = run;
    const container = await createContainer(config, { ...services, engine, processor: noProcessor }, run);
    return container.resolve(tokens.pipeline);
  } catch (error) {
    // Nobody is going to run it, and no other coordinator could.
    await run.journal.close();
    throw error;
  }
}

/** What stands against it, as the end of a sentence. */
function problemOf({
  record,
  replay,
  resume,
  engine,
}: Omit<CoordinatePipelineOptions, 'fullRefresh' | 'signal'> & { readonly engine: Services['engine'] | undefined }):
  | string
  | undefined {
  if (record !== undefined) return "can't keep every exchange: leave out --record, or leave out engine";
  if (replay !== undefined) return "can't answer from a recording: leave out --replay, or leave out engine";
  if (resume?.kind === 'retry-failed') {
    return "can't ask again for what failed: leave out --retry-failed and start a new run";
  }
  if (engine !== undefined) return 'and services.engine are two: leave one out';
  return undefined;
}

/** Pages are processed where they are fetched. */
const noProcessor: PageProcessor = {
  threads: 0,
  process: () => Promise.reject(new SluiceError('internal_error', 'a coordinator was given a page')),
  close: () => Promise.resolve(),
};
