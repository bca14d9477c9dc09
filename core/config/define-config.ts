/** A config as its author writes it. Free of everything but types: a worker thread may load a user's config. */
import type { Model } from '../contracts/model.ts';
import type { Services } from '../contracts/services.ts';
import type { SinkPlugin } from '../contracts/sink.ts';
import type { RateLimit, SourcePlugin } from '../contracts/source.ts';
import type { BreakerSettings, RetrySettings, StateSettings, TimeoutSettings, WorkerSettings } from './resolved.ts';

/**
 * What `pipeline.config.ts` exports. Texts may hold `${NAME}`, taken from the environment, and `${file:PATH}`, taken from
 * a file; `$${NAME}` stays as it is.
 */
export interface PipelineConfig {
  /** Where records come from: names of built-ins, paths relative to the config, npm packages, plugin objects, or entries. */
  readonly sources: readonly (string | SourcePlugin | SourceEntry)[];
  /** Where records go. */
  readonly sinks: readonly (string | SinkPlugin | SinkEntry)[];
  /** What every item becomes: the name of a built-in, a path, an npm package or an object. Default `product`. */
  readonly model?: string | Model;
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
  /** Services that stand in for the run's own. Default: none. Only in a TypeScript or JavaScript config. */
  readonly services?: Services;
}

/** A source with settings of this run. */
export interface SourceEntry {
  /** Name of a built-in, path relative to the config, npm package, or a plugin object. */
  readonly use: string | SourcePlugin;
  /** What this run calls the source, in its records' ids too. Default: the plugin's own name. */
  readonly name?: string;
  /** Default: the plugin's own. */
  readonly baseUrl?: string;
  /** Never more than `requests` arrivals in any `perMs` milliseconds. Default: the plugin's own. */
  readonly rateLimit?: RateLimit;
  /** Milliseconds added to each rate-limit window, against the jitter of the network. Default 20. */
  readonly rateLimitMarginMs?: number;
  /** Requests under way at once. Default 16. */
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
  /** Sent with every request, over the plugin's own. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
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
 * `dir` (default `.pipeline`, relative to the config's folder), `keepRuns` (10), `fsyncMs` (1000) and
 * `maxDeadLetterBytes` (64 MiB).
 */
export type StateOptions = Partial<StateSettings>;

/** A sink with its options. */
export interface SinkEntry {
  /** Name of a built-in, path relative to the config, npm package, or a plugin object. */
  readonly use: string | SinkPlugin;
  /** What this run calls the sink. Default: the plugin's own name, numbered where it stands twice. */
  readonly name?: string;
  /** Milliseconds that each of its operations may take. Default 30 000. */
  readonly timeoutMs?: number;
  /** The plugin's own options. */
  readonly [option: string]: unknown;
}

/** Gives a config back unchanged, typed: an editor completes and checks it. */
export function defineConfig<const Config extends PipelineConfig>(config: Config): Config {
  return config;
}
