import { isObject } from '../unknown.ts';

/** A plugin that stands in a config as an object, and the name by which the run calls it. */
export interface InlinePlugin {
  readonly plugin: object;
  readonly name: string | undefined;
}

/** Keys that only plugins have: they tell a plugin that stands as an entry from an entry that lacks its `use`. */
const pluginKeys = ['normalizer', 'pagination', 'open', 'create'];

/**
 * Finds the plugin object in an entry of a config: the entry itself, or what its `use` holds. Undefined for an
 * entry that names its plugin by text.
 */
export function inlinePlugin(entry: unknown): InlinePlugin | undefined {
  if (!isObject(entry)) return undefined;
  if (isObject(entry['use'])) {
    return { plugin: entry['use'], name: textOf(entry['name']) ?? textOf(entry['use']['name']) };
  }
  return isPluginEntry(entry) ? { plugin: entry, name: textOf(entry['name']) } : undefined;
}

/** Whether an entry of a config is itself a plugin, good or bad. */
export function isPluginEntry(entry: unknown): entry is object {
  return isObject(entry) && !('use' in entry) && pluginKeys.some((key) => key in entry);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
