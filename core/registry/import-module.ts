import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Jiti } from 'jiti';
import { SluiceError } from '../errors.ts';

/** The folder of the built-in plugins, as a URL that ends with a slash. */
export const builtinRoot = new URL('../../plugins/', import.meta.url).href;

/** One loader a thread: its module cache is what makes two imports of a file give one copy. */
let loader: Promise<Jiti> | undefined;

/**
 * Imports a JavaScript or TypeScript module by file URL. Throws `plugin_not_found` where there is no such file,
 * and `plugin_invalid`, with the failure as cause, where it can't be loaded.
 */
export async function importModule(url: string): Promise<unknown> {
  const file = fileURLToPath(url);
  if (!existsSync(file)) throw new SluiceError('plugin_not_found', `${file} does not exist`);
  try {
    // What loaded this file loads the built-in plugins too, so that they share its copy of core.
    const native = !/\.[cm]?ts$/.test(file) || url.startsWith(builtinRoot);
    return native ? await importNative(url) : await (await typescript()).import(url);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SluiceError('plugin_invalid', `${file} can't be loaded: ${message.trim()}`, { cause: error });
  }
}

/** The default export of a module, undefined where it has none. Throws as `importModule` does. */
export async function importDefault(url: string): Promise<unknown> {
  const value = property(await importModule(url), 'default');
  // A CommonJS file compiled from an ES module keeps its default one level deeper.
  return property(value, '__esModule') === true ? property(value, 'default') : value;
}

/** The module that an npm package gives to an import from `folder`; undefined where it is not installed. */
export async function resolvePackage(name: string, folder: string): Promise<string | undefined> {
  const parentURL = pathToFileURL(join(folder, 'importer.js')).href;
  return (await typescript()).esmResolve(name, { parentURL, conditions: ['node', 'import'], try: true });
}

async function importNative(url: string): Promise<unknown> {
  try {
    return (await import(/* @vite-ignore */ url)) as unknown;
  } catch (error) {
    // A file outside of any project that has this package installed: the other loader knows where it is.
    if (!(error instanceof Error) || !/Cannot find package 'sluice(?:\/plugin)?'/.test(error.message)) throw error;
    return (await typescript()).import(url);
  }
}

function typescript(): Promise<Jiti> {
  return (loader ??= createLoader());
}

async function createLoader(): Promise<Jiti> {
  // Loaded on use: a thread that meets no TypeScript does not pay for it.
  const { createJiti } = await import('jiti');
  const own = (entry: string): string =>
    fileURLToPath(new URL(`../${entry}${extname(import.meta.url)}`, import.meta.url));
  return createJiti(import.meta.url, {
    // A file that imports the package gets this very copy of it, wherever the file lies.
    alias: { sluice: own('index'), 'sluice/plugin': own('plugin') },
    // What one thread compiled, the others need not. In the user's own folder: in a shared one, anybody could plant code.
    fsCache: join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sluice'),
  });
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value ? Reflect.get(value, key) : undefined;
}
