import { basename, dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cosmiconfig, type CosmiconfigResult, defaultLoaders, type Loader } from 'cosmiconfig';
import { SluiceError } from '../errors.ts';
import { importDefault } from '../registry/import-module.ts';
import { configPlaces } from './config-places.ts';
import { configError, issueOf } from './issues.ts';
import { type ResolveOptions, resolveConfig } from './resolve.ts';
import type { ResolvedConfig } from './resolved.ts';

export interface LoadOptions extends Pick<ResolveOptions, 'env' | 'overrides' | 'registry' | 'mock' | 'readOnly'> {
  /** Folder in which the search begins, and against which `file` is resolved. Default: the working directory. */
  readonly cwd?: string | undefined;
  /** The config file itself. Default: the nearest one, from `cwd` upwards. */
  readonly file?: string | undefined;
}

/**
 * Finds, reads and resolves a config file. Throws `config_not_found`, or one `config_invalid` that lists all that is
 * wrong with it.
 */
export async function loadConfig(options: LoadOptions = {}): Promise<ResolvedConfig> {
  const cwd = resolve(options.cwd ?? '.');
  const file = options.file === undefined ? undefined : resolve(cwd, options.file);
  const found = file === undefined ? await search(cwd) : await read(file);
  const { env, overrides, registry, mock, readOnly } = options;
  return resolveConfig(found.config, { file: found.filepath, env, overrides, registry, mock, readOnly });
}

type Loaded = NonNullable<CosmiconfigResult>;

async function search(cwd: string): Promise<Loaded> {
  const explorer = createExplorer();
  // Folder by folder instead of cosmiconfig's own way up: that ends at a user-wide config that nobody expects here.
  for (let folder = cwd; ; folder = dirname(folder)) {
    const found = await explorer.search(folder).catch((error: unknown) => unreadable(error, folder));
    if (found !== null) return found;
    if (folder === dirname(folder)) break;
  }
  throw new SluiceError(
    'config_not_found',
    [
      `no config in ${cwd} or any folder above it`,
      `  looked for: ${configPlaces.slice(0, -1).join(', ')}, package.json with the key "pipeline"`,
      '  name one with --config FILE, or begin one: pipeline init',
    ].join('\n'),
  );
}

async function read(file: string): Promise<Loaded> {
  const found = await createExplorer()
    .load(file)
    .catch((error: unknown) => unreadable(error, file));
  if (found !== null) return found;
  if (basename(file) === 'package.json') {
    throw new SluiceError('config_not_found', `${file} has no key "pipeline"`);
  }
  return { filepath: file, config: null };
}

function createExplorer(): ReturnType<typeof cosmiconfig> {
  const module: Loader = (file) => importDefault(pathToFileURL(file).href);
  // What says where a text is no JSON is a dozen files, and hardly ever needed.
  const json: Loader = (file, content) => {
    try {
      return JSON.parse(content) as unknown;
    } catch {
      return defaultLoaders['.json'](file, content) as unknown;
    }
  };
  return cosmiconfig('pipeline', {
    searchPlaces: configPlaces,
    searchStrategy: 'none',
    cache: false,
    // An empty config is a mistake to be told, not one to be passed over.
    ignoreEmptySearchPlaces: false,
    loaders: {
      ...defaultLoaders,
      '.json': json,
      ...Object.fromEntries(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'].map((extension) => [extension, module])),
    },
  });
}

/** Says of a config that can't be read which one it is, and why. */
function unreadable(error: unknown, searched: string): never {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') throw new SluiceError('config_not_found', `there is no file ${searched}`);
  if (code === 'EISDIR') {
    throw new SluiceError(
      'config_not_found',
      `${searched} is a folder\n  name the config file in it, or run from there`,
    );
  }
  const file: unknown = error instanceof Error && 'filepath' in error ? error.filepath : undefined;
  const message = messageOf(error).startsWith('No loader specified') ? noConfigKind(searched) : messageOf(error);
  const known = error instanceof SluiceError ? error : new SluiceError('config_invalid', message, { cause: error });
  throw configError([issueOf([], known)], typeof file === 'string' ? file : searched);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function noConfigKind(file: string): string {
  const kinds = configPlaces.flatMap((place) => /^pipeline\.config(\..+)$/.exec(place)?.[1] ?? []);
  return `a config can't be a ${extname(file)} file\nallowed: ${kinds.join(', ')}`;
}
