import type { Auth } from '../contracts/auth.ts';
import type { NamedMiddleware } from '../contracts/middleware.ts';
import type { PagerStyle } from '../contracts/pager.ts';
import type { RateLimit } from '../contracts/source.ts';
import { windowsOf } from '../rate-limits.ts';
import { createRegistry, type Registry } from './registry.ts';

/** The built-in plugins, as `pipeline plugins` shows them. */
export interface PluginList {
  readonly sources: readonly ListedSource[];
  readonly sinks: readonly ListedSink[];
  readonly models: readonly ListedModel[];
}

/** A source as it is listed. */
export interface ListedSource {
  readonly name: string;
  readonly baseUrl: string;
  /** All hold at once, the shortest first. */
  readonly rateLimits: readonly RateLimit[];
  /** Shared by all sources of this group; undefined for a limit of its own. */
  readonly limitGroup: string | undefined;
  /** How it proves who asks; undefined where it does not. */
  readonly auth: Auth['kind'] | undefined;
  /** Middleware that it brings, with its place. */
  readonly middleware: readonly Required<Pick<NamedMiddleware, 'name' | 'place'>>[];
  readonly pagination: PagerStyle;
  /** Items a page; undefined where the upstream decides. */
  readonly limit: number | undefined;
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

/** Loads every built-in plugin and tells what it is. Throws `plugin_invalid` for one that is broken. */
export async function listPlugins(registry: Registry = createRegistry()): Promise<PluginList> {
  const [sources, sinks, models] = await Promise.all([
    registry.builtins('source'),
    registry.builtins('sink'),
    registry.builtins('model'),
  ]);
  return {
    sources: sources.map(({ plugin }) => ({
      name: plugin.name,
      baseUrl: plugin.baseUrl,
      rateLimits: windowsOf(plugin.rateLimit),
      limitGroup: plugin.limitGroup,
      auth: plugin.auth?.kind,
      middleware: (plugin.middleware ?? []).map(({ name, place = 'attempt' }) => ({ name, place })),
      pagination: plugin.pagination.style ?? 'custom',
      limit: plugin.pagination.limit,
      mock: plugin.mock !== undefined,
    })),
    sinks: sinks.map(({ plugin: { name, options } }) => ({ name, options: options !== undefined })),
    models: models.map(({ plugin: { name, fields } }) => ({ name, fields })),
  };
}
