import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SluiceError } from '../../core/index.ts';

/** A file that is to be written. */
export interface ScaffoldFile {
  /** Relative to the folder in which the command runs. */
  readonly path: string;
  readonly text: string;
  /** For people. */
  readonly what: string;
}

/** The files of a new plugin. */
export interface Scaffold {
  readonly files: readonly ScaffoldFile[];
  /** Path of the one that a config names. */
  readonly plugin: string;
  readonly test: string;
}

/** Throws `config_invalid` where one of the files, named relative to a folder, is there already. */
export async function refuseTaken(folder: string, paths: readonly string[]): Promise<void> {
  const there = await Promise.all(paths.map((path) => isThere(resolve(folder, path))));
  const taken = paths.filter((_, index) => there[index]);
  if (taken.length > 0) {
    const are = taken.length === 1 ? 'is' : 'are';
    throw new SluiceError(
      'config_invalid',
      `${taken.join(', ')} ${are} there already, and nothing was written\n  take another name, or move ${taken.length === 1 ? 'it' : 'them'} away`,
    );
  }
}

/**
 * Writes files into a folder. Throws `config_invalid`, before anything is written, where one of them is there already, and
 * where they can't be written.
 */
export async function writeNew(folder: string, files: readonly ScaffoldFile[]): Promise<void> {
  await refuseTaken(
    folder,
    files.map(({ path }) => path),
  );
  for (const { path, text } of files) await write(resolve(folder, path), text);
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function write(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    // Refused where somebody else has written it in the meantime.
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SluiceError('config_invalid', `${file} can't be written: ${why}`, { cause: error });
  }
}
