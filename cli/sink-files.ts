import { relative, resolve } from 'node:path';
import { createRedactor, type ResolvedConfig } from '../core/index.ts';

type ShownConfig = Pick<ResolvedConfig, 'sinks' | 'baseDir' | 'secrets'> &
  Partial<Pick<ResolvedConfig, 'sources' | 'engine'>>;

/**
 * Sink → the files it writes, as seen from here, for those that have a `path` among their options; `startedAt` is when the
 * run began (ISO 8601). For showing only: what came from the environment is hidden as it is everywhere else.
 */
export function sinkFiles(config: ShownConfig, startedAt: string): ReadonlyMap<string, readonly string[]> {
  const { sinks, baseDir, secrets } = config;
  const redact = createRedactor(secrets);
  const files = new Map<string, readonly string[]>();
  for (const sink of sinks) {
    const { name, options } = sink;
    if (typeof options !== 'object' || options === null || !('path' in options)) continue;
    if (typeof options.path !== 'string') continue;
    const file = hasParts(sink, config) ? `${options.path}.manifest.json` : options.path;
    files.set(
      name,
      namesOf(file, takenBy(sink, config), startedAt).map((each) => redact(nearer(resolve(baseDir, each)))),
    );
  }
  return files;
}

/** With the values that the built-in sinks put into a path. */
function namesOf(path: string, sources: readonly string[], startedAt: string): readonly string[] {
  const dated = path.replaceAll('{date}', startedAt.slice(0, 10));
  return dated.includes('{source}') ? sources.map((source) => dated.replaceAll('{source}', source)) : [dated];
}

function takenBy({ route }: ResolvedConfig['sinks'][number], { sources = [] }: ShownConfig): readonly string[] {
  const names = sources.map(({ name }) => name);
  return names.filter((name) => route?.sources?.includes(name) ?? true);
}

/** Whether workers leave parts of the output, and a manifest tells which. */
function hasParts(
  { plugin, options }: ResolvedConfig['sinks'][number],
  { engine, sources = [], baseDir }: ShownConfig,
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
