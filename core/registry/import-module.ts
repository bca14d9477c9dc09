import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Jiti } from 'jiti';
import { SluiceError } from '../errors.ts';
import { property } from '../unknown.ts';

/** The folder of the built-in plugins, as a URL that ends with a slash. */
export const builtinRoot = new URL('../../plugins/', import.meta.url).href;

/** The folder of this package's own code, of no use to who looks for a mistake in a config. */
const ownFolder = fileURLToPath(new URL('../', import.meta.url));

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
    const why = error instanceof Error ? `${error.message.trim()}${placeOf(error)}` : String(error);
    throw new SluiceError('plugin_invalid', `${file} can't be loaded: ${why}`, { cause: error });
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
    if (!isForOtherLoader(error)) throw error;
    return (await typescript()).import(url);
  }
}

/** Whether the other loader may take what Node's own did not, or can say better what is wrong with it. */
function isForOtherLoader(error: unknown): boolean {
  // A .js file with `import` and `export` where package.json does not say so; or a mistake, of which Node does not tell
  // the line. An import of a name that is not exported is one of these errors too, and the other loader lets it pass.
  if (error instanceof SyntaxError) return !error.message.startsWith('The requested module');
  // A file outside of any project that has this package installed: the other loader knows where it is.
  return error instanceof Error && /Cannot find package 'sluice(?:\/(?:plugin|engine))?'/.test(error.message);
}

/** Where in the user's own files an error arose, as the end of a message; nothing where its stack does not tell. */
function placeOf({ stack = '' }: Error): string {
  for (const line of stack.split('\n')) {
    const [, file = '', row] =
      /(?:^|\(|\bat )(?:file:\/\/)?((?:\/|[A-Za-z]:\\).*?):(\d+)(?::\d+)?\)?$/.exec(line) ?? [];
    if (row !== undefined && !/[\\/]node_modules[\\/]/.test(file) && !file.startsWith(ownFolder))
      return `\nat ${file}:${row}`;
  }
  return '';
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
    alias: { sluice: own('index'), 'sluice/plugin': own('plugin'), 'sluice/engine': own('engine') },
    // What one thread compiled, the others need not. In the user's own folder: in a shared one, anybody could plant code.
    fsCache: join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sluice'),
  });
}
