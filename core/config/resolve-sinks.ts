import type { PluginLocator } from '../contracts/locator.ts';
import type { SinkPlugin } from '../contracts/sink.ts';
import { isPluginEntry } from '../registry/inline-plugin.ts';
import { checkOptions } from './check-options.ts';
import { type ConfigPath, notKnown, pathText } from './issues.ts';
import { type ConfigContext, lookUp } from './look-up.ts';
import type { RoutedSinks } from './resolve-routes.ts';
import type { ResolvedSink } from './resolved.ts';

/** A sink of the config whose plugin was found. */
export interface SinkDraft {
  /** Its place in the config; those that the command line added come after all others. */
  readonly index: number;
  /** Unique in the run. */
  readonly name: string;
  readonly plugin: SinkPlugin;
  readonly locator: PluginLocator;
  /** As the plugin's schema returned them. */
  readonly options: unknown;
}

export interface DraftedSinks {
  readonly drafts: readonly SinkDraft[];
  /** Built-ins that were asked for by name and do not stand in the config. */
  readonly added: readonly string[];
}

/** Keys of a sink's entry that are the framework's own: all others are the plugin's options. */
const ownKeys: ReadonlySet<string> = new Set(['use', 'name', 'timeoutMs', 'sources', 'filter']);

/**
 * Finds the plugins of `sinks` and checks their options. Where some are `wanted` by name, only those are kept, and a
 * built-in that the config does not have is added.
 */
export async function draftSinks(
  entries: readonly unknown[],
  wanted: readonly string[],
  context: ConfigContext,
): Promise<DraftedSinks> {
  const drafts: SinkDraft[] = [];
  const draft = async (entry: unknown, index: number, path: ConfigPath): Promise<void> => {
    const found = await lookUp('sink', entry, path, context);
    if (found === undefined) return;
    const { name, plugin, locator } = found;
    const options = await optionsFor('sink', plugin, optionsOf(entry), path, context);
    drafts.push({ index, name: uniqueName(name, drafts), plugin, locator, options });
  };
  for (const [index, entry] of entries.entries()) await draft(entry, index, ['sinks', index]);
  if (wanted.length === 0) return { drafts, added: [] };

  const builtins = await context.registry.names('sink');
  const missing = wanted.filter((name) => !drafts.some((found) => answersTo(found, name)));
  const known = [...drafts.map(({ name }) => name), ...builtins];
  const unknown = missing.filter((name) => !builtins.includes(name));
  context.issues.push(...unknown.map((name) => notKnown('--sink', 'sink', name, known)));
  const added = missing.filter((name) => builtins.includes(name));
  for (const [index, name] of added.entries()) await draft(name, entries.length + index, [`--sink ${name}`]);
  return { drafts: drafts.filter((found) => wanted.some((name) => answersTo(found, name))), added };
}

/** Leaves out what was of use only on the way. */
export function resolveSink({ draft, entry, route }: RoutedSinks['sinks'][number]): ResolvedSink {
  const { name, plugin, locator, options } = draft;
  return { name, plugin, locator, options, timeoutMs: entry.timeoutMs, ...(route && { route }) };
}

function answersTo({ name, plugin }: SinkDraft, wanted: string): boolean {
  return name === wanted || plugin.name === wanted;
}

function optionsOf(entry: unknown): Readonly<Record<string, unknown>> {
  if (typeof entry !== 'object' || entry === null || isPluginEntry(entry)) return {};
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !ownKeys.has(key)));
}

/** Checks what an entry says beside the framework's own keys; undefined where it is wrong: then issues tell. */
export async function optionsFor(
  kind: 'sink' | 'engine',
  { name, options: schema }: Pick<SinkPlugin, 'name' | 'options'>,
  options: Readonly<Record<string, unknown>>,
  path: ConfigPath,
  context: ConfigContext,
): Promise<unknown> {
  if (schema !== undefined) {
    const checked = await checkOptions(schema, options, path, context);
    return checked.ok ? checked.value : undefined;
  }
  for (const key of Object.keys(options)) {
    const at = pathText([...path, key]);
    const own = kind === 'sink' ? ', only name, timeoutMs, sources and filter' : '';
    const hints = [`it takes no options of its own${own}`];
    const problem = `the ${kind} "${name}" has no option "${key}"`;
    context.issues.push({ code: 'config_invalid', path: at, problem, hints });
  }
  return {};
}

/** A name that none of them has: the name itself, or that with a number. */
export function uniqueName(name: string, drafts: readonly SinkDraft[]): string {
  const taken = new Set(drafts.map((draft) => draft.name));
  let unique = name;
  for (let number = 2; taken.has(unique); number++) unique = `${name}-${number}`;
  return unique;
}
