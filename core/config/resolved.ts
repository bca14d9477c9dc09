import type { Auth } from '../contracts/auth.ts';
import type { CategoryMap } from '../contracts/categories.ts';
import type { PluginLocator } from '../contracts/locator.ts';
import type { NamedMiddleware } from '../contracts/middleware.ts';
import type { Model } from '../contracts/model.ts';
import type { QualityRule } from '../contracts/quality.ts';
import type { Services } from '../contracts/services.ts';
import type { SinkPlugin } from '../contracts/sink.ts';
import type { SinkRoute } from '../contracts/sink-route.ts';
import type { RateLimit, SourcePlugin } from '../contracts/source.ts';
import type { EnginePlugin } from '../engine/engine-plugin.ts';
import type { Environment } from '../secret-variables.ts';

/** Settings of the retry middleware. */
export interface RetrySettings {
  /** Attempts after the first. */
  readonly retries: number;
  /** Upper bound of the first wait. */
  readonly baseMs: number;
  /** Upper bound of any wait. */
  readonly maxMs: number;
}

/** Time limits of one attempt, in milliseconds. */
export interface TimeoutSettings {
  /** From the start to a connected socket that takes the headers. */
  readonly connectMs: number;
  /** From sent to the response headers. */
  readonly headersMs: number;
  /** Between two pieces of the body. */
  readonly bodyMs: number;
  /** The whole attempt, waiting for a slot or a token aside. */
  readonly attemptMs: number;
}

/** Settings of the circuit breaker. */
export interface BreakerSettings {
  /** Consecutive failures that open it. */
  readonly failures: number;
  /** Share of failures in the window that opens it, in (0, 1]. */
  readonly failureRate: number;
  /** Fewest results in the window for the share to count. */
  readonly minimumResults: number;
  readonly windowMs: number;
  /** From open to the next probe. */
  readonly cooldownMs: number;
  /** Failed probes in a row after which the source is given up. */
  readonly probes: number;
}

/** A source with everything decided: what the plugin says, overridden by the config, completed by the defaults. */
export interface ResolvedSource {
  readonly name: string;
  readonly plugin: SourcePlugin;
  readonly locator: PluginLocator;
  readonly baseUrl: string;
  /** What `baseUrl` stands for, where that is another one each time: an embedded upstream on a free port. */
  readonly identity?: string;
  /** The windows that hold for it, all at once, the shortest first: those of its whole group, where it has one. */
  readonly rateLimits: readonly RateLimit[];
  /** Sources with the same one share a limiter. */
  readonly limitGroup?: string | undefined;
  /** Nobody is asked, for the answers were recorded: neither the rate limit nor a pause holds anything back. */
  readonly unpaced?: true;
  /** Added to each rate-limit window, in milliseconds: covers the jitter between sending and arriving. */
  readonly rateLimitMarginMs: number;
  readonly concurrency: number;
  readonly retry: RetrySettings;
  readonly timeouts: TimeoutSettings;
  readonly breaker: BreakerSettings;
  readonly maxPages: number;
  /** Asks whether pages have changed since they were kept. */
  readonly conditional: boolean;
  /** All headers of a response together. */
  readonly maxHeaderBytes: number;
  readonly maxBodyBytes: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly auth?: Auth | undefined;
  /** First is outermost among those of a place: the config's, the entry's, the plugin's. */
  readonly middleware: readonly NamedMiddleware[];
}

/** A sink with everything decided. */
export interface ResolvedSink {
  /** Unique in the run: the plugin's name, numbered where it stands twice. */
  readonly name: string;
  readonly plugin: SinkPlugin;
  /** Where the plugin was found; undefined for one that was made in this process. */
  readonly locator?: PluginLocator;
  /** As the plugin's schema returned them. */
  readonly options: unknown;
  /** Limit for each of its operations. */
  readonly timeoutMs: number;
  /** What it is given; undefined for everything. */
  readonly route?: SinkRoute;
}

/** An engine with everything decided. */
export interface ResolvedEngine {
  readonly plugin: EnginePlugin;
  /** As the plugin's schema returned them. */
  readonly options: unknown;
}

export interface WorkerSettings {
  /** Worker threads; 0 works on the main thread. */
  readonly threads: number;
  /** Bytes of pages that go to a worker at once. */
  readonly batchBytes: number;
  /** Bytes fetched but not yet taken by the sinks, over all sources. */
  readonly maxInFlightBytes: number;
  /** Milliseconds that a thread may take for one record, or for a page outside of its records. */
  readonly recordTimeoutMs: number;
}

/** Where and how long the state of runs is kept. */
export interface StateSettings {
  /** Folder, absolute. */
  readonly dir: string;
  /** Runs that are kept, the newest first. */
  readonly keepRuns: number;
  /** Milliseconds within which the journal is on the disk itself. */
  readonly fsyncMs: number;
  /** Bytes that the dead letters of a run may take. */
  readonly maxDeadLetterBytes: number;
  /** Bytes of answers that are kept for each source that asks by conditions. */
  readonly maxCacheBytes: number;
}

/** Where secrets come from, so that a later life of the run finds them again. */
export interface SecretReferences {
  /** The config's own, in the order in which they stand there. */
  readonly secrets: readonly string[];
  /** The environment in which the config was resolved: plugins may read it too. */
  readonly env: Environment;
}

/** The whole of a run's settings: nothing is left to decide. */
export interface ResolvedConfig {
  /** The config file; undefined for a config given as an object. */
  readonly file: string | undefined;
  /** Folder against which relative paths are resolved. */
  readonly baseDir: string;
  readonly sources: readonly ResolvedSource[];
  readonly sinks: readonly ResolvedSink[];
  readonly model: Model;
  readonly modelLocator: PluginLocator;
  /** Undefined: all is done in this process. */
  readonly engine?: ResolvedEngine | undefined;
  /** Rules on the quality of records; none where nothing is to be checked. */
  readonly quality: readonly QualityRule[];
  /** Undefined: categories stay as they come. */
  readonly categories?: CategoryMap | undefined;
  readonly workers: WorkerSettings;
  /** Fetching and draining end this long after the start; undefined means never. */
  readonly deadlineMs: number | undefined;
  readonly onSourceFailure: 'continue' | 'abort';
  /** Undefined: nothing is kept, and no run can be taken up again. */
  readonly state: StateSettings | undefined;
  readonly services: Services;
  /**
   * Values that came from the environment or from files, or stand where secrets do, and those of variables that are
   * called as secrets are: never printed.
   */
  readonly secrets: readonly string[];
  /** What a state folder writes references to in the place of secrets. */
  readonly references: SecretReferences;
  /** What does not keep the run from starting and should be put right, in words without secrets. */
  readonly warnings: readonly string[];
}
