import { diffRuns, loadConfig } from '../../core/index.ts';
import { renderDiffMarkdown } from '../diff/markdown.ts';
import { renderDiff } from '../diff/text.ts';
import { keepSecret } from '../known-secrets.ts';
import { createPaint, takesColor } from '../render/paint.ts';

export interface DiffCommandOptions {
  readonly config?: string;
  /** A table for a terminal, Markdown for a pull request or a chat, or all of it as JSON. */
  readonly format: 'table' | 'md' | 'json';
}

/** What the command needs of the world. */
export interface DiffPorts {
  readonly loadConfig: typeof loadConfig;
  readonly diffRuns: typeof diffRuns;
  readonly stdout: Pick<NodeJS.WriteStream, 'write' | 'columns' | 'isTTY' | 'hasColors'>;
}

const processPorts: DiffPorts = { loadConfig, diffRuns, stdout: process.stdout };

/** Tells on stdout how two runs differ. Throws what keeps them from being compared. */
export async function diffCommand(
  before: string | undefined,
  after: string | undefined,
  { config: file, format }: DiffCommandOptions,
  { loadConfig: load, diffRuns: compare, stdout }: DiffPorts = processPorts,
): Promise<void> {
  // Nobody is asked and nothing written: what only that needs may be missing here.
  const config = await load({ cwd: process.cwd(), env: process.env, file, readOnly: true });
  keepSecret(config.secrets);
  const diff = await compare(config, {
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  });
  switch (format) {
    case 'json':
      stdout.write(`${JSON.stringify(diff, undefined, 2)}\n`);
      return;
    case 'md':
      stdout.write(renderDiffMarkdown(diff));
      return;
    case 'table': {
      // Where nobody says how wide it is, nothing is left out.
      const view = { width: stdout.columns ?? 200, paint: createPaint(takesColor(stdout)) };
      stdout.write(`${renderDiff(diff, view).join('\n')}\n`);
    }
  }
}
