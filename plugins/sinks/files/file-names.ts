import { resolve } from 'node:path';
import { type SinkContext, SluiceError } from '../../../core/plugin.ts';

/** What the names of files are made of. */
export type NamingContext = Pick<SinkContext, 'baseDir' | 'takes' | 'startedAt'>;

/** What a path may hold in the place of a value. */
export type Placeholder = 'source' | 'date';

const placeholders = /\{([^{}/\\]*)\}/g;

/** A placeholder, or a brace without the other one: a slip of the pen, which would become part of a name. */
const braced = /\{[^{}/\\]*\}?|\}/g;

/** What stands in a path with braces and is none of `known`; undefined where nothing does. */
export function unknownPlaceholder(path: string, known: readonly Placeholder[]): string | undefined {
  for (const [text] of path.matchAll(braced)) if (!known.some((each) => text === `{${each}}`)) return text;
  return undefined;
}

/** Whether each source has a file of its own. */
export function isBySource(path: string): boolean {
  return path.includes('{source}');
}

/** The path of the one file that all records go to; undefined where each source has its own, which may be other sources. */
export function oneFile(path: string): string | undefined {
  return isBySource(path) ? undefined : path;
}

/**
 * The file that each source's records go to, as absolute paths: all to one, or each to its own. Throws `sink_failed` where
 * two sources would write one file.
 */
export function filesBySource(path: string, context: NamingContext): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  // Some file systems take upper and lower case for the same.
  const taken = new Map<string, string>();
  for (const source of context.takes) {
    const file = fileOf(path, context, source);
    const other = taken.get(file.toLowerCase());
    if (other !== undefined && isBySource(path)) {
      throw new SluiceError('sink_failed', `the sources "${other}" and "${source}" would both be written to ${file}`);
    }
    taken.set(file.toLowerCase(), source);
    files.set(source, file);
  }
  return files;
}

/** The absolute path that a path with placeholders stands for. `{date}` is the day, in UTC, on which the run began. */
export function fileOf(path: string, { baseDir, startedAt }: Omit<NamingContext, 'takes'>, source = ''): string {
  const values: Readonly<Record<string, string>> = { source: safe(source), date: startedAt.slice(0, 10) };
  return resolve(
    baseDir,
    path.replaceAll(placeholders, (text, name: string) => values[name] ?? text),
  );
}

/** A name in which nothing leads to another folder or hides the file. Names of sources are of this form as a rule. */
function safe(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '_').replace(/^\.+/, (dots) => '_'.repeat(dots.length)) || '_';
}
