/** What a program that is no coordinator asks of the config's engine. Loads nothing before it is used. */
import type { ResolvedConfig, ResolvedEngine } from '../config/resolved.ts';
import type { Services } from '../contracts/services.ts';
import { SluiceError } from '../errors.ts';
import type { ListedRun } from '../state/list-runs.ts';
import type { WorkOptions } from './engine-plugin.ts';

/**
 * Takes pages of the runs of the config's engine until `signal` is aborted and what is in hand is done. Throws
 * `config_invalid` for a config without an engine, and what the engine's `work` throws.
 */
export async function workPipeline(config: ResolvedConfig, services: Services, how: WorkOptions): Promise<void> {
  const { engine } = config;
  if (engine === undefined) {
    const text = `a worker needs an engine that has workers: add "engine: { use: 'bullmq', redis: '\${REDIS_URL}' }"`;
    throw new SluiceError('config_invalid', text);
  }
  const { engineContext } = await import('./engine-context.ts');
  await engine.plugin.work(await engineContext(config, services), engine.options, how);
}

/** Looks whether a run could begin on the config's engine. Throws what keeps it from that. */
export async function checkEngine(config: ResolvedConfig, { plugin, options }: ResolvedEngine): Promise<void> {
  const { engineContext } = await import('./engine-context.ts');
  const context = await engineContext(config, {});
  await (plugin.check === undefined ? plugin.runs(context, options) : plugin.check(context, options));
}

/** The runs that the config's engine knows of, newest first. Throws what its `runs` throws. */
export async function engineRuns(
  config: ResolvedConfig,
  { plugin, options }: ResolvedEngine,
): Promise<readonly ListedRun[]> {
  const { engineContext } = await import('./engine-context.ts');
  return plugin.runs(await engineContext(config, {}), options);
}
