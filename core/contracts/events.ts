import type { ErrorCode, SluiceError } from '../errors.ts';
import type { CategoryCounts, CategoryMap } from './categories.ts';
import type { Reject } from './batch.ts';
import type { DeadLetterTally, EarlierLives, SourceFigures } from './journal.ts';
import type { PageMetrics } from './metrics.ts';
import type { PriceTrends } from './price-trends.ts';
import type { QualityCounts, QualityRule } from './quality.ts';
import type { RunReport, SourceState } from './report.ts';
import type { BreakerState } from './resilience.ts';
import type { RateLimit } from './source.ts';
import type { TimeSpent } from './stages.ts';

/** All that happens in a run, as data. The report, the logs and the progress display are listeners, nothing more. */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly runId: string;
      readonly sources: readonly string[];
      readonly sinks: readonly string[];
      /** The sources of each sink that does not take all. Default: there is none such. */
      readonly routes?: Readonly<Record<string, readonly string[]>>;
      readonly threads: number;
      /** The engine whose workers do all of it, by its name. Default: it is done in this process. */
      readonly engine?: string;
      /** Rules on the quality of its records. Default: none. */
      readonly quality?: readonly QualityRule[];
      /** Default: categories stay as they come. */
      readonly categories?: CategoryMap;
    }
  /** The run goes on where an earlier life of it ended; comes right after the start. */
  | ({ readonly type: 'run-resumed' } & EarlierLives)
  /** What has been counted in other processes while this one could not hear of it, page by page; by source. */
  | { readonly type: 'run-caught-up'; readonly sources: ReadonlyMap<string, SourceFigures> }
  | {
      readonly type: 'source-started';
      readonly source: string;
      readonly baseUrl: string;
      /** All hold at once, the shortest first. */
      readonly rateLimits: readonly RateLimit[];
      /** Shared by all sources of this group; undefined for a limit of its own. */
      readonly limitGroup?: string | undefined;
      readonly pagination: string;
    }
  /** The number of pages became known, or changed. */
  | { readonly type: 'pages-known'; readonly source: string; readonly pages: number }
  /** One request on the wire ended, with a status or without. */
  | {
      readonly type: 'attempt';
      readonly source: string;
      readonly key: string;
      readonly url: string;
      readonly attempt: number;
      readonly status?: number;
      readonly error?: ErrorCode;
      readonly message?: string;
      readonly bytes: number;
      readonly ms: number;
    }
  /** What requests of a source came to in another process, which tells of them together, about once a second. */
  | {
      readonly type: 'requests-counted';
      readonly source: string;
      readonly requests: number;
      readonly retries: number;
      readonly bytes: number;
      readonly limiterWaitMs: number;
      /** Status code → responses. */
      readonly statuses: ReadonlyMap<number, number>;
      /** Milliseconds that answers took, to two digits → how many. */
      readonly latencies: ReadonlyMap<number, number>;
    }
  /** Who works on the run beside this process, and what waits for them; about once a second. */
  | {
      readonly type: 'workers';
      readonly workers: number;
      /** Pages in their hands. */
      readonly inHand: number;
      /** Requests that wait for a place in the queue or in it. */
      readonly waiting: number;
    }
  | { readonly type: 'limiter-wait'; readonly source: string; readonly key: string; readonly ms: number }
  /** What the time of a source was spent on since the last such event, at most a fifth of a second ago where it moves. */
  | { readonly type: 'time-spent'; readonly source: string; readonly spent: TimeSpent }
  | { readonly type: 'limiter-paused'; readonly source: string; readonly ms: number; readonly reason: string }
  | {
      readonly type: 'retry';
      readonly source: string;
      readonly key: string;
      /** Number of the attempt that follows. */
      readonly attempt: number;
      /** Wait before it, the rate limit aside; a page with a bad body waits when its turn on the worklist comes. */
      readonly delayMs: number;
      readonly error: ErrorCode;
      readonly message: string;
    }
  | {
      readonly type: 'breaker';
      readonly source: string;
      readonly from: BreakerState;
      readonly to: BreakerState;
      readonly reason: string;
    }
  | {
      readonly type: 'page-delivered';
      readonly source: string;
      readonly key: string;
      readonly items: number;
      readonly records: number;
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
      readonly bytes: number;
      /** The upstream has said that it is what it was in an earlier run. */
      readonly unchanged?: true | undefined;
      readonly attempts: number;
      readonly processingMs: number;
      /** Not a page of its own, but items that were rejected before. */
      readonly again?: true | undefined;
    }
  /** A response rule has settled the page: it held nothing to write. */
  | {
      readonly type: 'page-skipped';
      readonly source: string;
      readonly key: string;
      readonly action: 'ignore' | 'end-of-pages';
    }
  | { readonly type: 'pages-failed'; readonly source: string; readonly pages: number; readonly error: SluiceError }
  | { readonly type: 'source-notice'; readonly source: string; readonly error: SluiceError }
  | { readonly type: 'source-ended'; readonly source: string; readonly state: SourceState }
  | {
      readonly type: 'sink-wrote';
      readonly sink: string;
      readonly records: number;
      readonly bytes: number;
      readonly ms: number;
    }
  /** Records that its filter keeps from the sink; `earlier` tells those of earlier lives of the run. */
  | { readonly type: 'sink-filtered'; readonly sink: string; readonly records: number; readonly earlier?: true }
  | { readonly type: 'sink-committed'; readonly sink: string; readonly records: number }
  | {
      readonly type: 'sink-failed';
      readonly sink: string;
      /** Records that it was given and did not deliver. */
      readonly unwritten: number;
      /** How many of those it had committed: a file that was never renamed into place. Default 0. */
      readonly revoked?: number;
      readonly error: SluiceError;
    }
  /** Records that were fetched, and that the sink was not given: the time for writing was over. */
  | {
      readonly type: 'sink-discarded';
      readonly sink: string;
      readonly records: number;
      readonly error: SluiceError;
    }
  /** Records that the sink was not given: it had failed. */
  | { readonly type: 'sink-skipped'; readonly sink: string; readonly records: number }
  /** What is kept of the items that became no records and the pages that could not be read; comes before the end. */
  | ({ readonly type: 'dead-letters' } & DeadLetterTally)
  /** How prices differ from those of earlier runs, where a history is kept; comes when all is written. */
  | { readonly type: 'price-trends'; readonly trends: PriceTrends }
  | { readonly type: 'run-stopping'; readonly error: SluiceError }
  | { readonly type: 'run-finished'; readonly report: RunReport };

/** An event with the wall-clock time at which it happened, in milliseconds since the epoch. */
export type TimedEvent = RunEvent & { readonly at: number };

/** Tells an event to every listener, at once. */
export type EmitEvent = (event: RunEvent) => void;
/** Hears every event of a run, in order. One that throws is not called again. */
export type EventListener = (event: TimedEvent) => void;
