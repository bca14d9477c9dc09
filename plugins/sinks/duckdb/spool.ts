import { type FileHandle, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The file from which DuckDB reads what is to be committed: beside the database, hidden, and of one run. */
export function spoolPath(database: string, runId: string, sink: string): string {
  return join(dirname(database), `.${basename(database)}.${runId}.${sink}.spool`);
}

/** Writes lines to the spool, in place of what was in it. */
export async function fillSpool(path: string, lines: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
  const handle: FileHandle = await open(path, 'w', 0o600);
  try {
    await handle.writev([...lines]);
  } finally {
    await handle.close();
  }
}

/** Removes the spool; nothing happens where there is none. */
export async function removeSpool(path: string): Promise<void> {
  await rm(path, { force: true });
}
