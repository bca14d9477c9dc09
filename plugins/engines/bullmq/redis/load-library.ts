import { SluiceError } from '../../../../core/plugin.ts';

/**
 * Loads what only this engine needs, when it is used. Throws `library_missing` where it is not installed, with the command
 * that installs it.
 */
export async function loadLibrary<Library>(
  packages: readonly string[],
  load: () => Promise<Library>,
): Promise<Library> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    const text = `the engine "bullmq" needs what is not installed: npm install ${packages.join(' ')}`;
    throw new SluiceError('library_missing', text, { cause: error });
  }
}
