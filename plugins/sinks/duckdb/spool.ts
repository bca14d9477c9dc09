import { type FileHandle, open, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** DuckDB reads a file of this size with one thread: there are as many as it has threads, at most this many. */
const mostFiles = 4;

/** The files from which DuckDB reads what is to be committed: beside the database, hidden, and of one run. */
export function spoolPaths(database: string, runId: string, sink: string): readonly string[] {
  const name = join(dirname(database), `.${basename(database)}.${runId}.${sink}`);
  return Array.from({ length: mostFiles }, (_, index) => `${name}.${index + 1}.spool`);
}

/** Deals lines out to the spool, in place of what was in it; returns the files that hold them. */
export async function fillSpool(
  paths: readonly string[],
  lines: readonly Uint8Array<ArrayBuffer>[],
): Promise<readonly string[]> {
  const each = Math.ceil(lines.length / Math.min(paths.length, availableParallelism()));
  const filled = paths.slice(0, Math.ceil(lines.length / each));
  await Promise.all(filled.map((path, index) => fill(path, lines.slice(index * each, (index + 1) * each))));
  return filled;
}

async function fill(path: string, lines: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
  const handle: FileHandle = await open(path, 'w', 0o600);
  try {
    await handle.writev(lines);
  } finally {
    await handle.close();
  }
}

/** Removes the spool; nothing happens where there is none. */
export async function removeSpool(paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map((path) => rm(path, { force: true })));
}
