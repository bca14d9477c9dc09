import type { Auth } from '../contracts/auth.ts';
import type { NamedMiddleware } from '../contracts/middleware.ts';
import type { PluginLocator } from '../contracts/locator.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import { lowerCased } from '../lower-cased.ts';
import { defaultConcurrency, windowsOf } from '../rate-limits.ts';
import { inlinePlugin, isPluginEntry } from '../registry/inline-plugin.ts';
import { namedTwice } from '../registry/middleware-problems.ts';
import { isSourceFactory } from '../registry/source-factory.ts';
import { property } from '../unknown.ts';
import { type ConfigIssue, notKnown } from './issues.ts';
import { type ConfigContext, type Found, lookUp, textAt } from './look-up.ts';
import { makeSource } from './make-source.ts';
import type { ResolvedSource } from './resolved.ts';
import type { ParsedSource } from './schema.ts';

/** A source of the config whose plugin was found. */
export interface SourceDraft {
  /** Its place in the config. */
  readonly index: number;
  readonly name: string;
  readonly plugin: SourcePlugin;
  readonly locator: PluginLocator;
}

/** Finds the plugins of `sources`, in order. `written` are the same entries before the environment was put in. */
export async function draftSources(
  entries: readonly unknown[],
  written: readonly unknown[],
  context: ConfigContext,
): Promise<readonly SourceDraft[]> {
  const drafts: SourceDraft[] = [];
  // One after the other, so that modules which import the same file get one copy of it.
  for (const [index, entry] of entries.entries()) {
    const found = await lookUp('source', entry, ['sources', index], context);
    if (found === undefined) continue;
    const sought = soughtAs(found, written[index], index);
    // What stands there may be the plugin itself: then its name and options are not those of an entry.
    const settings = isPluginEntry(entry) ? undefined : entry;
    const options = property(settings, 'options');
    const made = await makeSource({ ...found, locator: sought }, options, ['sources', index], context);
    if (made === undefined) continue;
    const { plugin, locator } = made;
    // A factory has a name too, which is not that of what it made.
    const name = textAt(settings, 'name') ?? plugin.name;
    if (drafts.some((draft) => draft.name === name)) context.issues.push(secondNamed(name, index));
    drafts.push({ index, name, plugin, locator });
  }
  return drafts;
}

/** A worker imports the config as it is written, and finds the source by the name that stands there, a factory by its place. */
function soughtAs({ plugin, name, locator }: Found<'source'>, written: unknown, index: number): PluginLocator {
  if (locator.kind !== 'config') return locator;
  const sought = { ...locator, name: inlinePlugin(written)?.name ?? name };
  return isSourceFactory(plugin) ? { ...sought, index } : sought;
}

/** Keeps the sources that were asked for by name; all where none was. */
export function selectSources(
  drafts: readonly SourceDraft[],
  wanted: readonly string[],
  issues: ConfigIssue[],
): readonly SourceDraft[] {
  const names = drafts.map(({ name }) => name);
  issues.push(
    ...wanted.filter((name) => !names.includes(name)).map((name) => notKnown('--source', 'source', name, names)),
  );
  return wanted.length === 0 ? drafts : drafts.filter(({ name }) => wanted.includes(name));
}

/** Puts together what the plugin says, what the config says, and the defaults that the schema filled in. */
export function resolveSource(
  draft: SourceDraft,
  parsed: ParsedSource,
  auth: Auth | undefined,
  forAll: readonly NamedMiddleware[],
): ResolvedSource {
  const { name, plugin, locator } = draft;
  const rateLimits = windowsOf(parsed.rateLimit ?? plugin.rateLimit);
  const { rateLimitMarginMs, retry, timeouts, breaker, maxPages } = parsed;
  return {
    name,
    plugin,
    locator,
    baseUrl: parsed.baseUrl ?? plugin.baseUrl,
    rateLimits,
    limitGroup: parsed.limitGroup ?? plugin.limitGroup,
    rateLimitMarginMs,
    concurrency: parsed.concurrency ?? defaultConcurrency(rateLimits),
    retry,
    timeouts,
    breaker,
    maxPages,
    conditional: parsed.conditional ?? plugin.conditional ?? false,
    maxHeaderBytes: parsed.maxHeaderBytes,
    maxBodyBytes: parsed.maxBodyBytes,
    auth,
    middleware: middlewareOf(plugin, parsed, forAll),
    headers: { ...lowerCased(plugin.headers ?? {}), ...lowerCased(parsed.headers) },
  };
}

/** Two that are called the same in what one source gets: nobody could tell them apart. */
export function middlewareConflicts(
  drafts: readonly SourceDraft[],
  parsed: readonly ParsedSource[],
  forAll: readonly NamedMiddleware[],
): readonly ConfigIssue[] {
  return drafts.flatMap(({ index, plugin }) => {
    const entry = parsed[index];
    if (entry === undefined) return [];
    return namedTwice(middlewareOf(plugin, entry, forAll)).map((name) => ({
      code: 'config_invalid' as const,
      path: `sources[${index}].middleware`,
      problem: `more than one middleware of this source is called "${name}"`,
      hints: ['those of the config, of the entry and of the plugin each need a name of their own'],
    }));
  });
}

function middlewareOf(
  plugin: SourcePlugin,
  parsed: ParsedSource,
  forAll: readonly NamedMiddleware[],
): readonly NamedMiddleware[] {
  return [...forAll, ...parsed.middleware, ...(plugin.middleware ?? [])];
}

function secondNamed(name: string, index: number): ConfigIssue {
  return {
    code: 'config_invalid',
    path: `sources[${index}]`,
    problem: `another source is called "${name}" already`,
    hints: [`give one of them a name of its own, such as name: "${name}-2"`],
  };
}
