import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { wordsOf } from '../problems.ts';

/** What begins the id of every record that the kit writes. */
export const idPrefix = 'kit:';

/** Files where readers look: those with a name that does not begin with a dot. */
async function visibleFiles(folder: string): Promise<readonly string[]> {
  const files = await filesIn(folder);
  return files.filter(
    (file) =>
      !relative(folder, file)
        .split('/')
        .some((name) => name.startsWith('.')),
  );
}

/** All files in a folder, by name; none where there is no folder. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

/** The ids of the kit's records that stand in the visible files of a folder, as often as they do. */
export async function idsInFiles(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const file of await visibleFiles(folder)) {
    const text = await readFile(file, 'latin1');
    found.push(...(text.match(new RegExp(`${idPrefix}\\d+`, 'g')) ?? []));
  }
  return found;
}

/** What in a visible file can't be a whole one, in words: by its ending, JSON or lines of JSON that don't parse. */
export async function halfFile(folder: string): Promise<string | undefined> {
  for (const file of await visibleFiles(folder)) {
    const text = await readFile(file, 'utf8');
    const kind = extname(file);
    const parts = kind === '.json' ? [text] : ['.ndjson', '.jsonl'].includes(kind) ? linesOf(text) : [];
    try {
      for (const part of parts) JSON.parse(part);
    } catch (error) {
      return `${relative(folder, file)} stands where readers look, and is half of something (${wordsOf(error)})`;
    }
  }
  return undefined;
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  // The last newline ends a line; what is behind it is a piece of one.
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
