import { listConfigured, listPlugins, loadConfig, SluiceError } from '../../core/index.ts';
import { keepSecret } from '../known-secrets.ts';
import { createPaint, takesColor } from '../render/paint.ts';
import { type ConfiguredSources, renderPlugins } from '../render/plugins.ts';

export interface PluginsCommandOptions {
  readonly json?: boolean;
  readonly config?: string;
}

/**
 * Prints the built-in plugins on stdout, and the sources of the config, where there is one. Throws what is wrong with a
 * config that was named; of one that was found it only says that it can't be used.
 */
export async function pluginsCommand({ json = false, config: file }: PluginsCommandOptions): Promise<void> {
  const [plugins, config] = await Promise.all([listPlugins(), configured(file)]);
  const { stdout } = process;
  const lines = json
    ? [JSON.stringify({ ...plugins, config }, undefined, 2)]
    : // Where nobody says how wide it is, nothing is left out.
      renderPlugins(plugins, config, { width: stdout.columns ?? 200, paint: createPaint(takesColor(stdout)) });
  stdout.write(`${lines.join('\n')}\n`);
}

async function configured(file: string | undefined): Promise<ConfiguredSources | null> {
  try {
    // Nobody is asked and nothing written: what only that needs may be missing here.
    const config = await loadConfig({ cwd: process.cwd(), env: process.env, file, readOnly: true });
    keepSecret(config.secrets);
    return { file: config.file ?? null, sources: await listConfigured(config) };
  } catch (error) {
    if (file !== undefined || !(error instanceof SluiceError)) throw error;
    return error.code === 'config_not_found' ? null : { file: null, sources: null };
  }
}
