import { listPlugins } from '../../core/index.ts';
import { createPaint, takesColor } from '../render/paint.ts';
import { renderPlugins } from '../render/plugins.ts';

export interface PluginsCommandOptions {
  readonly json?: boolean;
}

/** Prints the built-in plugins on stdout. */
export async function pluginsCommand({ json = false }: PluginsCommandOptions): Promise<void> {
  const plugins = await listPlugins();
  const { stdout } = process;
  const lines = json
    ? [JSON.stringify(plugins, undefined, 2)]
    : // Where nobody says how wide it is, nothing is left out.
      renderPlugins(plugins, { width: stdout.columns ?? 200, paint: createPaint(takesColor(stdout)) });
  stdout.write(`${lines.join('\n')}\n`);
}
