import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SluiceError } from '../../../core/plugin.ts';

/** Which file, and of which run. */
export interface RunFile {
  /** Absolute path under which readers find the file once it is whole. */
  readonly path: string;
  readonly runId: string;
}

/** Where a run's file stands at each stage, all in one folder, so that a rename takes it from one to the next. */
export interface RunFilePaths {
  readonly folder: string;
  /** Where readers find it. */
  readonly target: string;
  /** Where it grows. */
  readonly temporary: string;
  /** Where a published file is copied to, before the whole copy becomes the temporary. */
  readonly copy: string;
}

/**
 * The paths of a run's file, without links on the way to its folder, which must be there. Throws `sink_failed` for a
 * run id that could lead out of that folder.
 */
export async function runFilePaths({ path, runId }: RunFile): Promise<RunFilePaths> {
  if (!/^[\w-]+$/.test(runId)) {
    throw new SluiceError('sink_failed', `the run id ${JSON.stringify(runId)} can't be part of a file's name`);
  }
  const folder = await realpath(dirname(path));
  const name = basename(path);
  const hidden = join(folder, `.${name}.${runId}`);
  return { folder, target: join(folder, name), temporary: `${hidden}.tmp`, copy: `${hidden}.copy` };
}
