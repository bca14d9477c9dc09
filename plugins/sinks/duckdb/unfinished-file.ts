import { lstat, open, rm } from 'node:fs/promises';

/** Bytes of the three headers, which DuckDB writes first: a file that has not all of them never held anything. */
const headerBytes = 3 * 4096;
/** Where the first of them says what it is, behind a checksum. */
const magic = { text: 'DUCK', at: 8 } as const;

/** Milliseconds after which nobody is still making a file. */
const makingMs = 1_000;

/**
 * Whether at `path` stands what is left where DuckDB had begun to make a file and the disk was full, or the process was
 * killed. DuckDB refuses it ever after.
 */
export async function isUnfinished(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size >= headerBytes) return false;
  // Another process may be making it right now: to remove it would take what that one writes with it.
  if (Date.now() - found.mtimeMs < makingMs) return false;
  return found.size === 0 || (await readMagic(path)) === magic.text;
}

/** Removes it, so that the file can be made anew. */
export async function removeUnfinished(path: string): Promise<void> {
  if (await isUnfinished(path)) await rm(path, { force: true });
}

async function readMagic(path: string): Promise<string> {
  const handle = await open(path);
  try {
    const piece = Buffer.alloc(magic.text.length);
    await handle.read(piece, 0, piece.byteLength, magic.at);
    return piece.toString('latin1');
  } finally {
    await handle.close();
  }
}
