import { discoverSource, type DiscoveredSource, discoveredName } from '../../core/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { onInterrupt } from '../interrupts.ts';
import { renderDiscovery } from '../render/discovery.ts';
import { createPaint, takesColor } from '../render/paint.ts';
import { refuseTaken, writeNew } from '../scaffold/scaffold.ts';

export interface ProbeCommandOptions {
  readonly header?: readonly string[];
  readonly name?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/**
 * Asks an API that nobody knows yet, prints what was found out on stdout, and writes a source for it into
 * `sources/NAME`. Returns the exit code. Throws what keeps the API from being asked, and `config_invalid` where a file is there.
 */
export async function probeCommand(url: string, options: ProbeCommandOptions): Promise<number> {
  const { header = [], dryRun = false, json = false } = options;
  const name = await discoveredName(url, options.name);
  const folder = `sources/${name}`;
  // Before anybody is asked: the answers would have been for nothing.
  const certain = [`${name}.ts`, `${name}.test.ts`, 'page-1.json'].map((file) => `${folder}/${file}`);
  if (!dryRun) await refuseTaken(process.cwd(), certain);
  const stopping = new AbortController();
  const forget = onInterrupt({
    first: () => stopping.abort(),
    second: () => process.exit(exitCodes.interrupted),
  });
  let source: DiscoveredSource;
  try {
    source = await discoverSource({ url, headers: header, name, signal: stopping.signal });
  } catch (thrown) {
    if (stopping.signal.aborted) return exitCodes.interrupted;
    throw thrown;
  } finally {
    forget();
  }
  const files = source.files.map((file) => ({ path: `${folder}/${file.name}`, text: file.text, what: '' }));
  if (!dryRun) await writeNew(process.cwd(), files);
  const { stdout } = process;
  const lines = json
    ? [JSON.stringify({ ...source, written: dryRun ? [] : files.map(({ path }) => path) }, undefined, 2)]
    : renderDiscovery(source, {
        folder: dryRun ? undefined : folder,
        width: stdout.columns ?? 200,
        paint: createPaint(takesColor(stdout)),
      });
  stdout.write(`${lines.join('\n')}\n`);
  return exitCodes.ok;
}
