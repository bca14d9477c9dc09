import type { SluiceError } from '../errors.ts';
import type { Batch, PageProcessor, Reject } from './batch.ts';
import type { CategoryCounts } from './categories.ts';
import type { ChildOf } from './child.ts';
import type { Clock } from './clock.ts';
import type { EmitEvent } from './events.ts';
import type { Handler } from './http.ts';
import type { PageReceipt, SourceJournal } from './journal.ts';
import type { PageMetrics } from './metrics.ts';
import type { QualityCounts } from './quality.ts';
import type { CircuitBreaker } from './resilience.ts';
import type { SourceState } from './report.ts';
import type { RateLimit, SourcePlugin } from './source.ts';
import type { StageClock } from './stages.ts';

/** One source as this run will treat it: the plugin's word, overridden by the config. */
export interface SourcePlan {
  readonly name: string;
  readonly plugin: SourcePlugin;
  readonly baseUrl: string;
  /** The windows that hold for it, all at once. */
  readonly rateLimits: readonly RateLimit[];
  /** Which sources it shares them with; undefined: none. */
  readonly limitGroup?: string | undefined;
  /** The dependent resource whose requests it is about, where that has limits of its own. */
  readonly child?: string;
  readonly concurrency: number;
  readonly maxPages: number;
  readonly retry: { readonly retries: number };
}

export interface RunPlan {
  readonly sources: readonly SourcePlan[];
  readonly onSourceFailure: 'continue' | 'abort';
  /** Fetched bytes that may wait for processing and sinks, over all sources. */
  readonly maxInFlightBytes: number;
}

/** The way to one upstream: the middleware chain, and the breaker in it that the worklist must know of. */
export interface SourceClient {
  readonly handle: Handler;
  readonly breaker: CircuitBreaker;
  close(): Promise<void>;
}

/** What an engine is given; each may be local, or shared by processes. */
export interface EnginePorts {
  readonly clients: (source: SourcePlan) => SourceClient;
  readonly processor: PageProcessor;
  /** 64-bit hash of a text, the same for the whole run. */
  readonly hash: (text: string) => bigint;
  readonly clock: Clock;
  readonly emit: EmitEvent;
  /** Counts where the pages of a source are: its clients count theirs on the same one. */
  readonly stages: (source: string) => StageClock;
  /** Where each source's worklist is kept, and what an earlier life of the run left of it. */
  readonly journal: (source: string) => SourceJournal;
}

/** A page that is done: its records are the consumer's to write. */
export interface DeliveredPage {
  readonly kind: 'delivered';
  readonly batch: Batch;
  /** The dependent listing that it belongs to. */
  readonly child?: ChildOf | undefined;
  readonly items: number;
  readonly duplicates: number;
  readonly dropped: number;
  /** How many were dropped, by reason. */
  readonly drops: ReadonlyMap<string, number>;
  /** Rules on quality that its records broke, by name. */
  readonly quality?: QualityCounts | undefined;
  /** Names of the categories of its records, as they came. */
  readonly categories?: CategoryCounts | undefined;
  readonly split: number;
  readonly rejects: readonly Reject[];
  readonly metrics: PageMetrics;
  readonly attempts: number;
  /** Raw bytes, for the record. */
  readonly bytes: number;
  /** The upstream has said that it is what it was in an earlier run; its records are delivered all the same. */
  readonly unchanged?: true | undefined;
  readonly processingMs: number;
  readonly receipt: PageReceipt;
  /** To be called once every sink has taken the batch or failed: lets the fetchers go on. */
  readonly release: () => void;
}

/** A page that is done, and whose records another process has written to every sink. */
export interface LandedPage extends Omit<DeliveredPage, 'kind' | 'batch' | 'receipt' | 'release'> {
  readonly kind: 'landed';
  readonly source: string;
  readonly key: string;
  readonly records: number;
  /** The first of them, as JSON, bounded and clean; told of the first pages of a source. Default: none. */
  readonly samples?: readonly string[] | undefined;
}

/** Pages that will not come. */
export interface FailedPages {
  readonly kind: 'failed';
  readonly source: string;
  /** Pages that this stands for; a source of unknown size weighs one. */
  readonly pages: number;
  readonly error: SluiceError;
  /** The one page that it is about; undefined for the rest of a source. */
  readonly page?: FailedPage;
}

/** A page that could not be had, or not be read. */
export interface FailedPage {
  readonly ordinal: number;
  readonly key: string;
  /** What came, where it could not be read. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

/** A page that a response rule has settled: it is done, and held nothing to write. */
export interface SkippedPage {
  readonly kind: 'skipped';
  readonly source: string;
  readonly ordinal: number;
  readonly key: string;
  readonly action: 'ignore' | 'end-of-pages';
}

/** A complaint about a source that costs no page: a total that does not add up. */
export interface SourceNotice {
  readonly kind: 'notice';
  readonly source: string;
  readonly error: SluiceError;
}

export interface SourceEnded {
  readonly kind: 'ended';
  readonly source: string;
  readonly state: SourceState;
}

export type PageOutcome = DeliveredPage | LandedPage | FailedPages | SkippedPage | SourceNotice | SourceEnded;

/**
 * Runs a plan. The consumer pulls: what it does not take is not fetched much ahead of. Ends when every source
 * has ended; an abort of `signal` ends fetching, hands over what was fetched, and ends.
 */
export interface Engine {
  run(plan: RunPlan, ports: EnginePorts, signal: AbortSignal): AsyncIterable<PageOutcome>;
}
