import { isObject } from '../unknown.ts';
import { type ConfigContext, lookUp } from './look-up.ts';
import { optionsFor } from './resolve-sinks.ts';
import type { ResolvedEngine } from './resolved.ts';

/** Finds the plugin of the config's engine and checks its options; undefined where there is none, or it is wrong. */
export async function resolveEngine(entry: unknown, context: ConfigContext): Promise<ResolvedEngine | undefined> {
  if (!isObject(entry)) return undefined;
  const found = await lookUp('engine', entry, ['engine'], context);
  if (found === undefined) return undefined;
  const { use: _, ...given } = entry;
  return { plugin: found.plugin, options: await optionsFor('engine', found.plugin, given, ['engine'], context) };
}
