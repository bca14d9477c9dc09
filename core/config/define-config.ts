/** A config as its author writes it. Free of everything but types: a worker thread may load a user's config. */
import type { Auth } from '../contracts/auth.ts';
import type { NamedMiddleware } from '../contracts/middleware.ts';
import type { Model } from '../contracts/model.ts';
import type { Services } from '../contracts/services.ts';
import type { SinkPlugin } from '../contracts/sink.ts';
import type { RecordFilter } from '../contracts/sink-route.ts';
import type { RateLimit, SourcePlugin } from '../contracts/source.ts';
import type { SourceFactory } from '../contracts/source-factory.ts';
import type { CheckedSink, CheckedSource } from './checked-config.ts';
import type { EnginePlugin } from '../engine/engine-plugin.ts';
import type { HistoryOptions } from './history-schema.ts';
import type { EngineOptions, SinkOptions, SourceOptions } from './plugin-options.ts';
import type { QualityRuleOptions } from './quality-schema.ts';
import type { BreakerSettings, RetrySettings, StateSettings, TimeoutSettings, WorkerSettings } from './resolved.ts';

/**
 * What `pipeline.config.ts` exports. Texts may hold `${NAME}`, taken from the environment, and `${file:PATH}`, taken from
 * a file; `$${NAME}` stays as it is.
 */
export interface PipelineConfig {
  /** Where an editor finds the schema of a JSON file; `pipeline schema` prints it. Default: nowhere. */
  readonly $schema?: string;
  /** Where records come from: names of built-ins, paths relative to the config, npm packages, plugin objects, or entries. */
  readonly sources: readonly (string | SourcePlugin | SourceFactory | SourceEntry)[];
  /** Where records go. */
  readonly sinks: readonly (string | SinkPlugin | SinkEntry)[];
  /** What every item becomes: the name of a built-in, a path, an npm package or an object. Default `product`. */
  readonly model?: string | Model;
  /** What spreads the run over processes: `{ use: 'bullmq', redis: '${REDIS_URL}' }`. Default: all is done in this one. */
  readonly engine?: EngineEntry;
  /** Rules that records are held against: each warns, rejects the record, or fails the run. Default: none. */
  readonly quality?: readonly QualityRuleOptions[];
  /**
   * Names of categories and what sources call them, without regard to case and blanks around: `{ electronics:
   * ['smartphones', 'Laptops'] }`. Default: they stay as they come.
   */
  readonly categories?: Readonly<Record<string, readonly string[]>>;
  /**
   * Whether prices and figures of all runs are kept in the state folder, for trends and `pipeline query`; needs
   * `@duckdb/node-api`. `'auto'`: where that is installed. An object names the fields. Default false.
   */
  readonly history?: boolean | 'auto' | HistoryOptions;
  readonly workers?: WorkerOptions;
  /** Milliseconds after which fetching and draining end and the run finishes as partial. Default: never. */
  readonly deadlineMs?: number;
  /** Whether the other sources go on when one has failed. Default `continue`. */
  readonly onSourceFailure?: 'continue' | 'abort';
  /**
   * Where runs are kept so that they can be taken up again, or `false`. Default: `.pipeline` beside a config file, and
   * `false` for a config given as an object.
   */
  readonly state?: false | StateOptions;
  /** Middleware of every source, first is outermost. Default: none. Only in a TypeScript or JavaScript config. */
  readonly middleware?: readonly NamedMiddleware[];
  /** Services that stand in for the run's own. Default: none. Only in a TypeScript or JavaScript config. */
  readonly services?: Services;
}

/** A source with settings of this run; of those that `SourceOptions` knows, an editor completes the options. */
export type SourceEntry =
  | {
      [Name in keyof SourceOptions]: SourceSettings & { readonly use: Name; readonly options?: SourceOptions[Name] };
    }[keyof SourceOptions]
  | OtherSource;

/** A source that nobody has told the types about. */
interface OtherSource extends SourceSettings {
  /** Name of a built-in, path relative to the config, npm package, a plugin object, or a factory. */
  readonly use: string | SourcePlugin | SourceFactory;
  /** Options of a plugin that is a factory, as plain JSON. Default: none. */
  readonly options?: object;
}

/** What an entry of a source may say beside its plugin. */
interface SourceSettings {
  /** What this run calls the source, in its records' ids too. Default: the plugin's own name. */
  readonly name?: string;
  /** Default: the plugin's own. */
  readonly baseUrl?: string;
  /** Never more than `requests` arrivals in any `perMs` milliseconds; several windows hold at once. Default: the plugin's own. */
  readonly rateLimit?: RateLimit | readonly RateLimit[];
  /** Sources with the same one share a limit. Default: the plugin's own. */
  readonly limitGroup?: string;
  /** Milliseconds added to each rate-limit window, against the jitter of the network. Default 20. */
  readonly rateLimitMarginMs?: number;
  /** Requests under way at once. Default: as many as the rate limit lets go in a second, 16 to 64. */
  readonly concurrency?: number;
  readonly retry?: RetryOptions;
  readonly timeouts?: TimeoutOptions;
  readonly breaker?: BreakerOptions;
  /** Pages after which the source is ended with `page_cap_reached`. Default 100 000. */
  readonly maxPages?: number;
  /** Bytes of all headers of a response above which it is refused. Default 16 KiB. */
  readonly maxHeaderBytes?: number;
  /** Bytes of a decoded body above which it is refused. Default 16 MiB. */
  readonly maxBodyBytes?: number;
  /** Ask whether a page has changed since the last run, and keep what has not. Default: the plugin's own, else false. */
  readonly conditional?: boolean;
  /** Sent with every request, over the plugin's own. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How it proves who asks. Default: the plugin's own. */
  readonly auth?: Auth;
  /** Inside that for all sources, outside the plugin's own; first is outermost. Default: none. */
  readonly middleware?: readonly NamedMiddleware[];
}

/** `retries` (default 3), `baseMs` (default 250) and `maxMs` (default 10 000), the bounds of the random waits in milliseconds. */
export type RetryOptions = Partial<RetrySettings>;

/** In milliseconds: `connectMs` (default 5000), `headersMs` (10 000), `bodyMs` (10 000), `attemptMs` (30 000). */
export type TimeoutOptions = Partial<TimeoutSettings>;

/**
 * `failures` in a row (default 5), or `failureRate` (0.8) of at least `minimumResults` (20) within `windowMs`
 * (30 000) open the breaker; it lets a probe through after `cooldownMs` (5000) and gives up after `probes` (3).
 */
export type BreakerOptions = Partial<BreakerSettings>;

/**
 * `threads` (default: one a core beside the main thread, at most 4; 0 is the main thread), `batchBytes` (512 KiB),
 * `maxInFlightBytes` (8 MiB), `recordTimeoutMs` (5000).
 */
export type WorkerOptions = Partial<WorkerSettings>;

/**
 * `dir` (default `.pipeline`, relative to the config's folder), `keepRuns` (10), `fsyncMs` (1000),
 * `maxDeadLetterBytes` (64 MiB) and `maxCacheBytes` (256 MiB).
 */
export type StateOptions = Partial<StateSettings>;

/** What an entry of a sink may say beside the plugin's own options. */
interface SinkSettings {
  /** What this run calls the sink. Default: the plugin's own name, numbered where it stands twice. */
  readonly name?: string;
  /** Milliseconds that each of its operations may take. Default 30 000. */
  readonly timeoutMs?: number;
  /** Names of the sources whose records it is given. Default: all. */
  readonly sources?: readonly string[];
  /**
   * Which records it is given: `{ category: ['phones', 'laptops'] }`, or a function that returns true for them, in a
   * TypeScript or JavaScript config. Default: every record.
   */
  readonly filter?: RecordFilter;
}

/** A sink with its options; of those that `SinkOptions` knows, an editor completes them. */
export type SinkEntry =
  | { [Name in keyof SinkOptions]: SinkSettings & { readonly use: Name } & SinkOptions[Name] }[keyof SinkOptions]
  | OtherSink;

/** A sink that nobody has told the types about. */
interface OtherSink extends SinkSettings {
  /** Name of a built-in, path relative to the config, npm package, or a plugin object. */
  readonly use: string | SinkPlugin;
  /** The plugin's own options. */
  readonly [option: string]: unknown;
}

/** An engine with its options; of those that `EngineOptions` knows, an editor completes them. */
export type EngineEntry =
  | { [Name in keyof EngineOptions]: { readonly use: Name } & EngineOptions[Name] }[keyof EngineOptions]
  | OtherEngine;

/** An engine that nobody has told the types about. */
interface OtherEngine {
  /** Name of a built-in, path relative to the config, npm package, or a plugin object. */
  readonly use: string | EnginePlugin;
  /** The plugin's own options. */
  readonly [option: string]: unknown;
}

/** Gives a config back unchanged, typed: an editor completes it, and an option that a known plugin does not have is an error. */
export function defineConfig<
  const Sources extends PipelineConfig['sources'],
  const Sinks extends PipelineConfig['sinks'],
>(
  config: Omit<PipelineConfig, 'sources' | 'sinks'> & {
    readonly sources: {
      readonly [Index in keyof Sources]: Sources[Index] & CheckedSource<Sources[Index], keyof SourceEntry>;
    };
    readonly sinks: { readonly [Index in keyof Sinks]: Sinks[Index] & CheckedSink<Sinks[Index]> };
  },
): PipelineConfig & { readonly sources: Sources; readonly sinks: Sinks } {
  return config;
}
