import { constants } from 'node:fs';
import { copyFile, type FileHandle, open, rename, rm } from 'node:fs/promises';
import { SluiceError, syncFolder } from '../../../core/plugin.ts';
import { isMissing } from './file-error.ts';
import { type FilePosition, mismatch } from './file-position.ts';
import { orClose } from './or-close.ts';
import type { RunFilePaths } from './run-file.ts';

/** Where a run's file is to be taken up again. */
export interface TakeUpOptions {
  readonly paths: RunFilePaths;
  /** Permissions of a file that is made anew. */
  readonly mode: number;
  readonly position: FilePosition;
  /** Offset in bytes from which on nothing is ever written over. */
  readonly fixedFrom: number;
}

const { O_RDONLY, O_RDWR, O_NOFOLLOW, COPYFILE_EXCL, COPYFILE_FICLONE } = constants;

/**
 * Opens what a run left, cut at a committed position: its temporary file or, where the run had published that, a copy
 * of the target. Nothing is changed before it is clear that the file is the run's; `sink_failed` is thrown where it
 * is not.
 */
export async function takeUp(options: TakeUpOptions): Promise<FileHandle> {
  const { temporary, target } = options.paths;
  const left = await openFound(temporary, O_RDWR);
  if (left !== undefined) {
    return cut(left, options, (reason) => `${temporary} is not as the run left it: ${reason}; start a new run`);
  }
  const published = await openFound(target, O_RDONLY);
  if (published === undefined) {
    throw new SluiceError('sink_failed', `the output of that run is gone, ${target} is not there; start a new run`);
  }
  const replaced = (reason: string): string =>
    `the output of that run is gone, ${target} was changed or replaced by another run: ${reason}; start a new run`;
  try {
    await assertMatch(published, options, replaced);
  } finally {
    await published.close();
  }
  return copyPublished(options, replaced);
}

/**
 * The target stays as it is for its readers. Its copy is whole and on the disk before it gets the name of the
 * temporary: a kill in the middle must not leave half of one for the next resume.
 */
async function copyPublished(options: TakeUpOptions, replaced: (reason: string) => string): Promise<FileHandle> {
  const { paths, mode } = options;
  const { folder, target, temporary, copy } = paths;
  await rm(copy, { force: true });
  // Shares the blocks where the file system can; never writes through a link that stands there.
  await copyFile(target, copy, COPYFILE_EXCL | COPYFILE_FICLONE);
  // Checked again: between the look at the target and its copy another run may have published.
  const handle = await cut(await open(copy, O_RDWR | O_NOFOLLOW), options, replaced);
  await orClose(handle, async () => {
    await handle.chmod(mode);
    await handle.sync();
    await rename(copy, temporary);
    await syncFolder(folder);
  });
  return handle;
}

async function openFound(path: string, flags: number): Promise<FileHandle | undefined> {
  try {
    return await open(path, flags | O_NOFOLLOW);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function cut(
  handle: FileHandle,
  options: TakeUpOptions,
  describe: (reason: string) => string,
): Promise<FileHandle> {
  await orClose(handle, async () => {
    await assertMatch(handle, options, describe);
    await handle.truncate(options.position.bytes);
  });
  return handle;
}

async function assertMatch(
  handle: FileHandle,
  { position, fixedFrom }: TakeUpOptions,
  describe: (reason: string) => string,
): Promise<void> {
  const reason = await mismatch(handle, position, fixedFrom);
  if (reason !== undefined) throw new SluiceError('sink_failed', describe(reason));
}
