import { open } from 'node:fs/promises';

/**
 * Makes what appeared in a folder, or changed its name there, outlast a crash of the machine. Some systems can't open a
 * folder; there is nothing to be done on those.
 */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } finally {
    await handle?.close();
  }
}
