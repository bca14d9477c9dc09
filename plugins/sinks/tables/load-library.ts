import { SluiceError } from '../../../core/plugin.ts';

/**
 * Loads what only one sink needs, when that sink is used. Throws `sink_failed` where it is not installed, with the command
 * that installs it.
 */
export async function loadLibrary<Library>(
  sink: string,
  packages: readonly string[],
  load: () => Promise<Library>,
): Promise<Library> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    const text = `the sink "${sink}" needs what is not installed: npm install ${packages.join(' ')}`;
    throw new SluiceError('sink_failed', text, { cause: error });
  }
}
