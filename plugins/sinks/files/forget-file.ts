import { rm } from 'node:fs/promises';
import { fileError, isMissing } from './file-error.ts';
import { type RunFile, runFilePaths } from './run-file.ts';

/**
 * Removes what an unfinished run left beside its target; the target stays. A link is removed, not followed. Does
 * nothing where nothing was left. Throws `sink_failed`.
 */
export async function forgetFile(file: RunFile): Promise<void> {
  try {
    const { temporary, copy } = await runFilePaths(file);
    await rm(temporary, { force: true });
    await rm(copy, { force: true });
  } catch (error) {
    if (!isMissing(error)) throw fileError(error, `removing what run ${file.runId} left beside ${file.path}`);
  }
}
