import { SluiceError } from './errors.ts';

/**
 * Loads a package that only some configs need, when it is used: `user` says whose need that is, as the beginning of a
 * sentence. Throws `library_missing` where it is not installed, with the command that installs it.
 */
export async function loadLibrary<Library>(
  user: string,
  packages: readonly string[],
  load: () => Promise<Library>,
): Promise<Library> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    const text = `${user} needs what is not installed: npm install ${packages.join(' ')}`;
    throw new SluiceError('library_missing', text, { cause: error });
  }
}
