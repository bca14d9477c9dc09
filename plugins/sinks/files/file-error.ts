import { sinkError, type SluiceError } from '../../../core/plugin.ts';

/** What to do about a failure of the file system, by its code. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'make room there',
  EDQUOT: 'make room there, or have the quota raised',
  EACCES: 'the user that runs this must be allowed to write there',
  EPERM: 'the user that runs this must be allowed to write there',
  EROFS: 'choose a path on a file system that can be written',
  ENOENT: 'its folder, or the unfinished file in it, was removed meanwhile',
  EEXIST: 'a file stands in the place of a folder of its path; remove it, or choose another path',
  ENOTDIR: 'a file stands in the place of a folder of its path; remove it, or choose another path',
  EISDIR: 'a folder stands in its place; remove it, or choose another path',
  ELOOP: 'a link stands in its place; remove it',
};

/** Says what a file could not be used for, why, and what helps. A `sink_failed` comes back as it is. */
export function fileError(thrown: unknown, doing: string): SluiceError {
  const error = sinkError(thrown, doing);
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const remedy = remedies[code];
  return remedy === undefined ? error : error.with({ message: `${error.message}: ${remedy}` });
}

/** Whether a failure only says that there is nothing under that path. */
export function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR');
}
