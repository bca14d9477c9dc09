import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { property } from './unknown.ts';

/**
 * Makes a folder, and the folders above it, where there are none; returns those that were made, the deepest first. Step by
 * step, for Node's own recursive way never returns on a file system that has no room for folders, such as /proc. Throws
 * the system's errors.
 */
export async function makeFolder(path: string, mode = 0o777): Promise<readonly string[]> {
  const missing: string[] = [];
  const made: string[] = [];
  let folder = resolve(path);
  for (;;) {
    const outcome = await tryToMake(folder, mode);
    if (outcome === 'made') made.push(folder);
    if (outcome !== 'nowhere') break;
    missing.push(folder);
    if (folder === dirname(folder)) break;
    folder = dirname(folder);
  }
  for (const each of missing.toReversed()) {
    if ((await tryToMake(each, mode)) === 'nowhere') throw new Error(`no folder can be made at ${each}`);
    made.unshift(each);
  }
  return made;
}

/** Makes one folder; `nowhere`: the one above it is missing. */
async function tryToMake(folder: string, mode: number): Promise<'made' | 'there' | 'nowhere'> {
  try {
    await mkdir(folder, { mode });
    return 'made';
  } catch (error) {
    if (property(error, 'code') === 'ENOENT') return 'nowhere';
    if (property(error, 'code') !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw error;
    return 'there';
  }
}
