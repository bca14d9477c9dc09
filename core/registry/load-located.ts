/** Finds plugins again from plain data. Runs in worker threads: nothing here reaches the config's schema, DI or HTTP. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PluginLocator } from '../contracts/locator.ts';
import type { Model } from '../contracts/model.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import { SluiceError } from '../errors.ts';
import { property } from '../unknown.ts';
import { importDefault } from './import-module.ts';
import { inlinePlugin } from './inline-plugin.ts';
import { type PluginKind, pluginProblems, type PluginTypes } from './validate-plugin.ts';

/**
 * Loads the source that the run calls `name`. Throws `plugin_not_found` or `plugin_invalid` where the module is
 * gone or does not hold a source, and `plugin_not_reachable` for a plugin that was made in another thread.
 */
export async function loadSource(locator: PluginLocator, name: string): Promise<SourcePlugin> {
  return load('source', locator, name, sourceNamed);
}

/** Loads the model called `name`. Throws as `loadSource` does. */
export async function loadModel(locator: PluginLocator, name: string): Promise<Model> {
  return load('model', locator, name, (config) => property(config, 'model'));
}

async function load<Kind extends PluginKind>(
  kind: Kind,
  locator: PluginLocator,
  name: string,
  pick: (config: unknown, name: string) => unknown,
): Promise<PluginTypes[Kind]> {
  if (locator.kind === 'module') {
    return checked(kind, name, fileURLToPath(locator.url), await importDefault(locator.url));
  }
  if (locator.kind === 'config') {
    const config = await importDefault(pathToFileURL(locator.file).href);
    return checked(kind, name, locator.file, pick(config, locator.name));
  }
  throw new SluiceError(
    'plugin_not_reachable',
    `"${name}" was made in another thread: move it into a file of its own, or set workers.threads to 0`,
  );
}

function checked<Kind extends PluginKind>(kind: Kind, name: string, file: string, value: unknown): PluginTypes[Kind] {
  const problems = pluginProblems(kind, value);
  if (problems.length === 0) return value as PluginTypes[Kind];
  throw new SluiceError('plugin_invalid', `${file} does not hold the ${kind} "${name}": ${problems.join('; ')}`);
}

function sourceNamed(config: unknown, name: string): unknown {
  const sources = property(config, 'sources');
  if (!Array.isArray(sources)) return undefined;
  return sources.map(inlinePlugin).find((inline) => inline?.name === name)?.plugin;
}
