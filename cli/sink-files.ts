import { relative, resolve } from 'node:path';
import { createRedactor, type ResolvedConfig } from '../core/index.ts';

/**
 * Sink → the file it writes, as seen from here, for those that have a `path` among their options. For showing only:
 * what came from the environment is hidden as it is everywhere else.
 */
export function sinkFiles({
  sinks,
  baseDir,
  secrets,
}: Pick<ResolvedConfig, 'sinks' | 'baseDir' | 'secrets'>): ReadonlyMap<string, string> {
  const redact = createRedactor(secrets);
  const files = new Map<string, string>();
  for (const { name, options } of sinks) {
    if (typeof options !== 'object' || options === null || !('path' in options)) continue;
    if (typeof options.path === 'string') files.set(name, redact(nearer(resolve(baseDir, options.path))));
  }
  return files;
}

/** Relative where that is shorter to read, absolute outside of this folder. */
function nearer(file: string): string {
  const here = relative(process.cwd(), file);
  return here.startsWith('..') ? file : here;
}
