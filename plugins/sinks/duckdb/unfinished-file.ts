import { lstat, open, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Bytes of the three headers, which DuckDB writes first: a file that has not all of them never held anything. */
const headerBytes = 3 * 4096;
/** Where the first of them says what it is, behind a checksum. */
const magic = { text: 'DUCK', at: 8 } as const;

/** Milliseconds after which nobody is still making a file. */
const makingMs = 1_000;

/** How often one that is perhaps being made is looked at again, in milliseconds. */
const lookMs = 50;

/**
 * Whether at `path` stands what is left where DuckDB had begun to make a file and the disk was full, or the process was
 * killed. DuckDB refuses it ever after. Takes up to a second where it was begun just now.
 */
export async function isUnfinished(path: string): Promise<boolean> {
  for (const begun = performance.now(); ; await sleep(lookMs)) {
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined || !found.isFile() || found.size >= headerBytes) return false;
    if (found.size > 0 && (await readMagic(path)) !== magic.text) return false;
    // Another process may be making it right now: to remove it would take what that one writes with it.
    if (Date.now() - found.mtimeMs >= makingMs || performance.now() - begun >= makingMs) return true;
  }
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
