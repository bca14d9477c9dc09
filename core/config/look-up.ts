import type { PluginLocator } from '../contracts/locator.ts';
import { classify, SluiceError } from '../errors.ts';
import { moduleOf } from '../normalizing/flat-steps.ts';
import { type InlinePlugin, inlinePlugin } from '../registry/inline-plugin.ts';
import type { Registry } from '../registry/registry.ts';
import { assertPluginApi } from '../registry/plugin-api.ts';
import { type Exported, exportProblems } from '../registry/exported.ts';
import type { PluginKind } from '../registry/validate-plugin.ts';
import { type ConfigIssue, type ConfigPath, issueOf } from './issues.ts';

/** What every step of resolving one config works with. */
export interface ConfigContext {
  readonly registry: Registry;
  /** Folder at which relative paths begin. */
  readonly baseDir: string;
  /** The config's file, where it is a module that a worker thread can import. */
  readonly module: string | undefined;
  /** Takes the secrets out of a text. */
  readonly redact: (text: string) => string;
  /** What is wrong with the config: each step adds to it. */
  readonly issues: ConfigIssue[];
}

/** What an entry of a config stands for. */
export interface Found<Kind extends PluginKind> {
  readonly plugin: Exported[Kind];
  /** What the entry calls it, else what it calls itself. */
  readonly name: string;
  /** Where a worker thread finds it. */
  readonly locator: PluginLocator;
}

/** Finds the plugin of one entry. Undefined where there is none: then an issue tells, or the schema does. */
export async function lookUp<Kind extends PluginKind>(
  kind: Kind,
  entry: unknown,
  path: ConfigPath,
  { registry, baseDir, module, issues }: ConfigContext,
): Promise<Found<Kind> | undefined> {
  const inline = inlinePlugin(entry);
  const use = textAt(entry, 'use') ?? entry;
  try {
    if (inline !== undefined) {
      const plugin = await inlineOf(kind, inline);
      const name = inline.name ?? plugin.name;
      return { plugin, name, locator: locatorOf(plugin, name, module) };
    }
    if (typeof use !== 'string' || use === '') return undefined;
    const { plugin, url } = await registry.find(kind, use, baseDir);
    return { plugin, name: textAt(entry, 'name') ?? plugin.name, locator: { kind: 'module', url } };
  } catch (error) {
    issues.push(issueOf(path, classify(error)));
    return undefined;
  }
}

async function inlineOf<Kind extends PluginKind>(
  kind: Kind,
  { plugin, name = 'without a name' }: InlinePlugin,
): Promise<Exported[Kind]> {
  // First, and alone: of a plugin for another version, anything may seem wrong.
  await assertPluginApi(plugin, `the ${kind} "${name}"`);
  const problems = exportProblems(kind, plugin);
  if (problems.length === 0) return plugin as Exported[Kind];
  throw new SluiceError('plugin_invalid', [`this object is not a ${kind}`, ...problems].join('\n'));
}

function locatorOf(plugin: Exported[PluginKind], name: string, module: string | undefined): PluginLocator {
  if (module !== undefined) return { kind: 'config', file: module, name };
  const own = 'normalizer' in plugin ? moduleOf(plugin.normalizer) : undefined;
  return own === undefined ? { kind: 'inline' } : { kind: 'module', url: own };
}

/** The text that stands under `key`; undefined where there is none. */
export function textAt(value: unknown, key: string): string | undefined {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return typeof found === 'string' ? found : undefined;
}
