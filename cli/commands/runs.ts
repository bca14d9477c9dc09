import { listRuns, loadConfig } from '../../core/index.ts';
import { keepSecret } from '../known-secrets.ts';
import { createPaint, takesColor } from '../render/paint.ts';
import { renderRuns } from '../render/runs.ts';

export interface RunsCommandOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** Prints the runs of the config's state folder on stdout. Throws what keeps the config from being read. */
export async function runsCommand({ config: file, json = false }: RunsCommandOptions): Promise<void> {
  // Nobody is asked and nothing written: what only that needs may be missing here.
  const config = await loadConfig({ cwd: process.cwd(), env: process.env, file, readOnly: true });
  keepSecret(config.secrets);
  const runs = await listRuns(config);
  const { stdout } = process;
  const lines = json
    ? [JSON.stringify(runs, undefined, 2)]
    : renderRuns(runs, {
        dir: config.engine === undefined ? config.state?.dir : `the queue of ${config.engine.plugin.name}`,
        // Where nobody says how wide it is, nothing is left out.
        width: stdout.columns ?? 200,
        paint: createPaint(takesColor(stdout)),
      });
  stdout.write(`${lines.join('\n')}\n`);
}
