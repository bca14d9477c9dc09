import { relative, resolve } from 'node:path';
import { createRedactor, type ResolvedConfig } from '../core/index.ts';

/**
 * Sink → the file it writes, as seen from here, for those that have a `path` among their options. For showing only:
 * what came from the environment is hidden as it is everywhere else.
 */
export function sinkFiles(
  config: Pick<ResolvedConfig, 'sinks' | 'baseDir' | 'secrets'> & Partial<Pick<ResolvedConfig, 'sources' | 'engine'>>,
): ReadonlyMap<string, string> {
  const { sinks, baseDir, secrets } = config;
  const redact = createRedactor(secrets);
  const files = new Map<string, string>();
  for (const sink of sinks) {
    const { name, options } = sink;
    if (typeof options !== 'object' || options === null || !('path' in options)) continue;
    if (typeof options.path !== 'string') continue;
    const file = hasParts(sink, config) ? `${options.path}.manifest.json` : options.path;
    files.set(name, redact(nearer(resolve(baseDir, file))));
  }
  return files;
}

/** Whether workers leave parts of the output, and a manifest tells which. */
function hasParts(
  { plugin, options }: ResolvedConfig['sinks'][number],
  { engine, sources = [], baseDir }: Parameters<typeof sinkFiles>[0],
): boolean {
  if (engine === undefined || typeof plugin.distributed !== 'object') return false;
  const takes = sources.map(({ name }) => name);
  return plugin.distributed.parts({ baseDir, takes, startedAt: new Date(0).toISOString() }, options) !== undefined;
}

/** Relative where that is shorter to read, absolute outside of this folder. */
function nearer(file: string): string {
  const here = relative(process.cwd(), file);
  return here.startsWith('..') ? file : here;
}
