/** Finds plugins again from plain data. Runs in worker threads: nothing here reaches the config's schema, DI or HTTP. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PluginLocator } from '../contracts/locator.ts';
import type { Model } from '../contracts/model.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import { SluiceError } from '../errors.ts';
import { property } from '../unknown.ts';
import { importDefault } from './import-module.ts';
import { inlinePlugin } from './inline-plugin.ts';
import { factoryProblems, isSourceFactory, recreateSource } from './source-factory.ts';
import { type PluginKind, pluginProblems, type PluginTypes } from './validate-plugin.ts';

/**
 * Loads the source that the run calls `name`, made again where a factory makes it. Throws `plugin_not_found` or
 * `plugin_invalid` where the module is gone or does not hold a source, and `plugin_not_reachable` for a plugin that was
 * made in another thread.
 */
export async function loadSource(locator: PluginLocator, name: string): Promise<SourcePlugin> {
  const { value, file } = await located(locator, name, sourceAt);
  const options = locator.kind === 'inline' ? undefined : locator.options;
  const isMade = options !== undefined && isSourceFactory(value) && factoryProblems(value).length === 0;
  return checked('source', name, file, isMade ? await recreateSource(value, options) : value);
}

/** Loads the model called `name`. Throws as `loadSource` does. */
export async function loadModel(locator: PluginLocator, name: string): Promise<Model> {
  const { value, file } = await located(locator, name, (config) => property(config, 'model'));
  return checked('model', name, file, value);
}

interface Located {
  readonly value: unknown;
  readonly file: string;
}

type InConfig = Extract<PluginLocator, { readonly kind: 'config' }>;

async function located(
  locator: PluginLocator,
  name: string,
  pick: (config: unknown, locator: InConfig) => unknown,
): Promise<Located> {
  if (locator.kind === 'module') {
    return { value: await importDefault(locator.url), file: fileURLToPath(locator.url) };
  }
  if (locator.kind === 'config') {
    const config = await importDefault(pathToFileURL(locator.file).href);
    return { value: pick(config, locator), file: locator.file };
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

function sourceAt(config: unknown, { name, index }: InConfig): unknown {
  const sources = property(config, 'sources');
  if (!Array.isArray(sources)) return undefined;
  const found = sources.map(inlinePlugin);
  return (index === undefined ? found.find((inline) => inline?.name === name) : found[index])?.plugin;
}
