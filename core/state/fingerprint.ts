import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ResolvedConfig, ResolvedSource } from '../config/resolved.ts';
import type { PluginLocator } from '../contracts/locator.ts';
import { version } from '../version.ts';

/** What a journal depends on: the name of each part of the config, for people, and a short hash of it. */
export type Fingerprint = Readonly<Record<string, string>>;

/** Parts that a fix of a plugin changes, and that a retry of what failed is for. */
const fixable = /: plugin$|^model$|^quality$/;

/**
 * Takes the fingerprint of a config: sources, base URLs, options, pagination, model, sinks and plugins; not limits, timeouts
 * or logging. `redact` keeps secrets out, so that a new password does not make the journal useless.
 */
export async function takeFingerprint(
  config: ResolvedConfig,
  redact: (text: string) => string,
): Promise<{ readonly fingerprint: Fingerprint; readonly versions: ReadonlyMap<string, string> }> {
  const parts: Record<string, string> = {
    sources: shortHash(config.sources.map(({ name }) => name)),
    model: `${config.model.name}@${await pluginVersion(config.modelLocator, config.model)}`,
    sinks: shortHash(config.sinks.map(({ name }) => name)),
    // The journal names secrets by their place among the others.
    'number of secrets': String(config.references.secrets.length),
  };
  if (config.quality.length > 0) parts['quality'] = shortHash(config.quality);
  if (config.categories !== undefined) parts['categories'] = shortHash(config.categories);
  const versions = new Map<string, string>();
  for (const source of config.sources) {
    const name = `source ${source.name}`;
    const plugin = await pluginVersion(source.locator, source.plugin);
    versions.set(source.name, plugin);
    parts[`${name}: plugin`] = plugin;
    parts[`${name}: base URL`] = shortHash(redact(source.identity ?? source.baseUrl));
    const { locator } = source;
    // Of a factory, other options make another source.
    if (locator.kind !== 'inline' && locator.options !== undefined) {
      parts[`${name}: options`] = shortHash(redact(JSON.stringify(locator.options)));
    }
    parts[`${name}: pagination`] = shortHash(redact(await paginationOf(source)));
  }
  for (const { name, plugin, locator, options, route } of config.sinks) {
    const code = await pluginVersion(locator ?? { kind: 'inline' }, plugin);
    parts[`sink ${name}`] = shortHash([
      plugin.name,
      code,
      redact(JSON.stringify(options ?? {})),
      // Its counts are those of what it was given.
      ...(route === undefined ? [] : [redact(codeOf(route))]),
    ]);
  }
  return { fingerprint: parts, versions };
}

/** Names of the parts that differ; a retry of what failed leaves plugins and the model out. */
export function differences(was: Fingerprint, is: Fingerprint, retry = false): readonly string[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return names.filter((name) => was[name] !== is[name] && !(retry && fixable.test(name)));
}

/** What can be told of a pager without asking anybody: how far a page goes and, where that is always the same, its begin. */
async function paginationOf({ plugin }: ResolvedSource): Promise<string> {
  const { style, limit, needs } = plugin.pagination;
  const first = firstOf(plugin);
  await sleep(2);
  // One that asks by the time of day begins anew each time; the journal has what it began with.
  const stable = first === firstOf(plugin) ? { first } : {};
  return JSON.stringify({ style, limit, needs, ...stable });
}

function firstOf({ pagination }: ResolvedSource['plugin']): string {
  try {
    return JSON.stringify(pagination.first());
  } catch {
    // It ends the source when it is asked in earnest.
    return 'throws';
  }
}

/** A built-in is as old as the package; a file is what it holds; what stands in the config, or was made here, is its code. */
async function pluginVersion(locator: PluginLocator, plugin: object): Promise<string> {
  if (locator.kind !== 'module') return shortHash(codeOf(plugin));
  const file = fileURLToPath(locator.url);
  if (file.startsWith(packageFolder)) return version;
  return shortHash(await readFile(file, 'utf8').catch(() => codeOf(plugin)));
}

const packageFolder = fileURLToPath(new URL('../../plugins/', import.meta.url));

/** What a plugin may change without another code: limits, headers and how it asks, and its name, which is a part of its own. */
const notCode: ReadonlySet<string> = new Set([
  'name',
  'rateLimit',
  'limitGroup',
  'cost',
  'auth',
  'middleware',
  'headers',
  'baseUrl',
]);

/** The text of all functions in a plugin, and all plain values. */
function codeOf(value: unknown, depth = 0): string {
  if (typeof value === 'function') return value.toString();
  if (typeof value !== 'object' || value === null || depth > 4) return String(value);
  return Object.entries(value)
    .filter(([key]) => depth > 0 || !notCode.has(key))
    .map(([key, entry]) => `${key}:${codeOf(entry, depth + 1)}`)
    .join('\n');
}

function shortHash(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
