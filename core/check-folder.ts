import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { property } from './unknown.ts';

/**
 * Finds out whether files can be made in a folder, or in the nearest one above it that is there, by making an empty one
 * and removing it again. Throws the system's errors.
 */
export async function checkFolder(path: string): Promise<void> {
  const folder = await nearestFolder(resolve(path));
  // By a name that nobody has: what is there is never touched. Asked of the system instead (`access`), a full or
  // read-only file system and the owner's rights would not show.
  const file = join(folder, `.sluice-check-${randomUUID()}`);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const handle = await open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await handle.close();
  } finally {
    await rm(file, { force: true });
  }
}

async function nearestFolder(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      await stat(folder);
      return folder;
    } catch (error) {
      if (property(error, 'code') !== 'ENOENT' || folder === dirname(folder)) throw error;
    }
  }
}
