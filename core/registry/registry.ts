import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SluiceError } from '../errors.ts';
import { builtinRoot, importDefault, resolvePackage } from './import-module.ts';
import { nearest } from './nearest.ts';
import { assertPackage, assertPluginApi } from './plugin-api.ts';
import { type Exported, exportProblems } from './exported.ts';
import { type PluginKind, pluginProblems, type PluginTypes } from './validate-plugin.ts';

/** A plugin that was found by text, and the module whose default export it is. */
export interface FoundPlugin<Plugin> {
  readonly plugin: Plugin;
  readonly url: string;
}

/** Finds plugins by what a config calls them. Reads files, never the network. */
export interface Registry {
  /**
   * Finds a built-in by name, a file by a path relative to `baseDir`, or an npm package installed there (`shop` also
   * finds `sluice-plugin-shop`). Throws `plugin_not_found`, `plugin_invalid` for what is there but no such plugin, or
   * `plugin_incompatible` for one of another version; the message has the problem on its first line and what helps on
   * further ones.
   */
  find<Kind extends PluginKind>(kind: Kind, use: string, baseDir: string): Promise<FoundPlugin<Exported[Kind]>>;
  /** Names of the built-ins of one kind, sorted. */
  names(kind: PluginKind): Promise<readonly string[]>;
  /** Loads every built-in of one kind. */
  builtins<Kind extends PluginKind>(kind: Kind): Promise<readonly FoundPlugin<PluginTypes[Kind]>[]>;
}

/** Creates the registry over the built-ins under `root`, a URL that ends with a slash. Default: this package's own. */
export function createRegistry(root: string = builtinRoot): Registry {
  return {
    async find(kind, use, baseDir) {
      const builtins = await modulesOf(root, kind);
      return load(kind, builtins.get(use) ?? (await locate(kind, use, baseDir, [...builtins.keys()])));
    },
    async names(kind) {
      return [...(await modulesOf(root, kind)).keys()];
    },
    async builtins(kind) {
      return Promise.all([...(await modulesOf(root, kind)).values()].map((url) => loadBuiltin(kind, url)));
    },
  };
}

/** A built-in is a folder with an index: the name of one gives the URL of the other. */
async function modulesOf(root: string, kind: PluginKind): Promise<ReadonlyMap<string, string>> {
  const folder = new URL(`${kind}s/`, root);
  const names = existsSync(folder) ? await readdir(folder) : [];
  const modules = new Map<string, string>();
  for (const name of names.toSorted()) {
    // TypeScript in the source tree, JavaScript once built.
    const candidates = ['js', 'ts'].map((extension) => new URL(`${name}/index.${extension}`, folder));
    const module = candidates.find((url) => existsSync(url));
    if (module !== undefined) modules.set(name, module.href);
  }
  return modules;
}

async function load<Kind extends PluginKind>(kind: Kind, url: string): Promise<FoundPlugin<Exported[Kind]>> {
  const plugin = await importDefault(url);
  // First, and alone: of a plugin for another version, anything may seem wrong.
  await assertPluginApi(plugin, `the ${kind} ${fileURLToPath(url)}`);
  const problems = exportProblems(kind, plugin);
  if (problems.length > 0) throw notA(kind, url, problems);
  return { plugin: plugin as Exported[Kind], url };
}

async function loadBuiltin<Kind extends PluginKind>(kind: Kind, url: string): Promise<FoundPlugin<PluginTypes[Kind]>> {
  const plugin = await importDefault(url);
  const problems = pluginProblems(kind, plugin);
  if (problems.length > 0) throw notA(kind, url, problems);
  return { plugin: plugin as PluginTypes[Kind], url };
}

function notA(kind: PluginKind, url: string, problems: readonly string[]): SluiceError {
  return new SluiceError('plugin_invalid', [`${fileURLToPath(url)} is not a ${kind}`, ...problems].join('\n'));
}

async function locate(kind: PluginKind, use: string, baseDir: string, known: readonly string[]): Promise<string> {
  if (use.startsWith('.') || use.startsWith('file:') || isAbsolute(use)) return locateFile(kind, use, baseDir);
  const packages = /^[\w.-]+$/.test(use) ? [use, `sluice-plugin-${use}`] : [use];
  for (const name of packages) {
    const url = isBuiltin(name) ? undefined : await resolvePackage(name, baseDir);
    if (url === undefined) continue;
    await assertPackage(url);
    return url;
  }
  const meant = nearest(use, known);
  const names = [...known, `a path such as "./my-${kind}.ts"`, `an npm package installed for ${baseDir}`];
  throw new SluiceError(
    'plugin_not_found',
    [
      `there is no ${kind} "${use}"`,
      ...(meant === undefined ? [] : [`did you mean "${meant}"?`]),
      `allowed: ${names.join(', ')}`,
    ].join('\n'),
  );
}

async function locateFile(kind: PluginKind, use: string, baseDir: string): Promise<string> {
  const file = use.startsWith('file:') ? fileURLToPath(use) : resolve(baseDir, use);
  if (existsSync(file)) return pathToFileURL(file).href;
  const folder = dirname(file);
  const meant = nearest(basename(file), existsSync(folder) ? await readdir(folder) : []);
  const hint =
    meant === undefined ? '' : `\ndid you mean "${use.slice(0, use.length - basename(file).length)}${meant}"?`;
  throw new SluiceError('plugin_not_found', `there is no ${kind} at ${file}${hint}`);
}
