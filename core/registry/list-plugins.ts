import type { Auth } from '../contracts/auth.ts';
import type { NamedMiddleware } from '../contracts/middleware.ts';
import type { PagerStyle } from '../contracts/pager.ts';
import type { RateLimit, SourcePlugin } from '../contracts/source.ts';
import type { ResolvedConfig } from '../config/resolved.ts';
import { hasEnricher } from '../normalizing/flat-steps.ts';
import { windowsOf } from '../rate-limits.ts';
import { createRegistry, type Registry } from './registry.ts';

/** The built-in plugins. */
export interface PluginList {
  readonly sources: readonly ListedSource[];
  readonly sinks: readonly ListedSink[];
  readonly models: readonly ListedModel[];
  readonly engines: readonly ListedEngine[];
}

/** A source as it is listed. */
export interface ListedSource {
  readonly name: string;
  readonly baseUrl: string;
  /** All hold at once, the shortest first. */
  readonly rateLimits: readonly RateLimit[];
  /** Whether some of its requests take several places of a window. */
  readonly weighted: boolean;
  /** Shared by all sources of this group; undefined for a limit of its own. */
  readonly limitGroup: string | undefined;
  /** How it proves who asks; undefined where it does not. */
  readonly auth: Auth['kind'] | undefined;
  /** Middleware that it brings, with its place. */
  readonly middleware: readonly Required<Pick<NamedMiddleware, 'name' | 'place'>>[];
  readonly pagination: PagerStyle;
  /** Items a page; undefined where the upstream decides. */
  readonly limit: number | undefined;
  /** Listings that hang from its items; no limits of its own where it shares those of the source. */
  readonly children: readonly { readonly name: string; readonly rateLimits: readonly RateLimit[] }[];
  /** Whether it asks only for what has changed since its last complete run. */
  readonly incremental: boolean;
  /** Whether it asks if pages have changed since they were kept. */
  readonly conditional: boolean;
  /** Whether it asks for more about its items while they are normalised. */
  readonly enriched: boolean;
  /** Whether it brings an embedded upstream. */
  readonly mock: boolean;
}

/** A sink as it is listed. */
export interface ListedSink {
  readonly name: string;
  /** Whether it takes options. */
  readonly options: boolean;
}

/** A model as it is listed. */
export interface ListedModel {
  readonly name: string;
  /** Undefined where the schema decides. */
  readonly fields: readonly string[] | undefined;
}

/** An engine as it is listed. */
export interface ListedEngine {
  readonly name: string;
}

/** Loads every built-in plugin and tells what it is. Throws `plugin_invalid` for one that is broken. */
export async function listPlugins(registry: Registry = createRegistry()): Promise<PluginList> {
  const [sources, sinks, models, engines] = await Promise.all([
    registry.builtins('source'),
    registry.builtins('sink'),
    registry.builtins('model'),
    registry.builtins('engine'),
  ]);
  return {
    sources: sources.map(({ plugin }) => listSource(plugin)),
    // What is kept beside the outputs is no place to choose for them.
    sinks: sinks
      .filter(({ plugin }) => plugin.auxiliary !== true)
      .map(({ plugin: { name, options } }) => ({ name, options: options !== undefined })),
    models: models.map(({ plugin: { name, fields } }) => ({ name, fields })),
    engines: engines.map(({ plugin: { name } }) => ({ name })),
  };
}

/** The sources of a config, as they are listed: with what its entries say in the place of their plugins. */
export function listConfigured({ sources }: Pick<ResolvedConfig, 'sources'>): readonly ListedSource[] {
  return sources.map(({ plugin, name, baseUrl, rateLimits, limitGroup, auth, middleware, conditional }) => {
    const listed = listSource({ ...plugin, name, baseUrl, rateLimit: rateLimits, middleware, conditional });
    return { ...listed, limitGroup, auth: auth?.kind };
  });
}

function listSource(plugin: SourcePlugin): ListedSource {
  return {
    name: plugin.name,
    baseUrl: plugin.baseUrl,
    rateLimits: windowsOf(plugin.rateLimit),
    weighted: plugin.cost !== undefined,
    limitGroup: plugin.limitGroup,
    auth: plugin.auth?.kind,
    middleware: (plugin.middleware ?? []).map(({ name, place = 'attempt' }) => ({ name, place })),
    pagination: plugin.pagination.style ?? 'custom',
    limit: plugin.pagination.limit,
    children: (plugin.children ?? []).map(({ name, rateLimit }) => {
      return { name, rateLimits: rateLimit === undefined ? [] : windowsOf(rateLimit) };
    }),
    incremental: plugin.incremental !== undefined,
    conditional: plugin.conditional === true,
    enriched: hasEnricher(plugin),
    mock: plugin.mock !== undefined,
  };
}
