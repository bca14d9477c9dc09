import { type Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { checkFolder, SluiceError } from '../../../core/plugin.ts';
import { fileError, isMissing } from './file-error.ts';

/**
 * Looks at what stands where a file is to appear; undefined for nothing. Throws `sink_failed` for a link, a folder or a
 * device, and the system's errors.
 */
export async function lookAtTarget(path: string): Promise<Stats | undefined> {
  const found = await lstat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (found?.isSymbolicLink() === true) {
    throw new SluiceError('sink_failed', `${path} is a symbolic link: give the path that it points to`);
  }
  if (found !== undefined && !found.isFile()) {
    throw new SluiceError('sink_failed', `${path} is ${found.isDirectory() ? 'a folder' : 'not a regular file'}`);
  }
  return found;
}

/** Finds out whether a file could be put at `path`, and leaves everything as it was. Throws `sink_failed`. */
export async function checkTarget(path: string): Promise<void> {
  try {
    await lookAtTarget(path);
    await checkFolder(dirname(path));
  } catch (error) {
    throw fileError(error, `checking whether ${path} can be written`);
  }
}
