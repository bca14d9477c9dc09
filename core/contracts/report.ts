import type { ErrorCode } from '../errors.ts';
import type { RejectReason } from './batch.ts';
import type { CategoryReport } from './categories.ts';
import type { PriceTrends } from './price-trends.ts';
import type { QualityReport } from './quality.ts';
import type { BreakerState } from './resilience.ts';
import type { TimeUse } from './stages.ts';

/** One of the errors that an entry stands for. */
export interface ErrorExample {
  /** ISO 8601. */
  readonly timestamp: string;
  readonly message: string;
  readonly url?: string;
}

/** One line of `errors[]`: all errors of an endpoint that have the same code and alike messages. */
export interface ErrorEntry {
  /** Name of the source or sink. */
  readonly endpoint: string;
  /** Stable code; see `docs/error-codes.md`. */
  readonly error: ErrorCode;
  /** When the first of them happened; ISO 8601. */
  readonly timestamp: string;
  /** Of the first. */
  readonly message: string;
  /** Attempts that the first used; 0 where nothing was requested. */
  readonly attempts: number;
  /** Of the first. */
  readonly status?: number;
  /** Of the first. */
  readonly url?: string;
  /** Pages that they cost, where more than one. */
  readonly pages?: number;
  /** Records that they cost. */
  readonly records?: number;
  /** How many they are. */
  readonly count: number;
  /** Why the items were rejected. */
  readonly reason?: RejectReason;
  /** Dotted path of the field at fault, in the first of the items. */
  readonly field?: string;
  /** What their messages have in common, where they are several; `#` stands for what differs. */
  readonly pattern?: string;
  /** The last of them, where they are several. */
  readonly last?: ErrorExample;
}

/** Statistics of the measured value over a group of records. All null where no record has a value. */
export interface ValueStatistics {
  readonly count: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Population standard deviation. */
  readonly stddev: number | null;
  /** Quartiles, median and 95th percentile: each within 1 % of a value at that rank (DDSketch). */
  readonly p25: number | null;
  readonly median: number | null;
  readonly p75: number | null;
  readonly p95: number | null;
  /** Counts in buckets [from, to) on a 1-2-5 scale; only those that hold something. */
  readonly histogram: readonly { readonly from: number; readonly to: number; readonly count: number }[];
}

/** What is said of a group of records. */
export interface GroupMetrics {
  readonly records: number;
  /** Statistics of the value that the model measures. */
  readonly price: ValueStatistics;
}

/** What is said of one source, as a whole and by group. */
export interface SourceMetrics extends GroupMetrics {
  readonly categories: Readonly<Record<string, GroupMetrics>>;
}

/** The metrics of a run, over all sources and for each. */
export interface RunMetrics {
  readonly overall: GroupMetrics;
  readonly by_source: Readonly<Record<string, SourceMetrics>>;
  /** Records of each category over all sources. */
  readonly category_distribution: Readonly<Record<string, number>>;
  /** How prices differ from those of earlier runs; left out where no history of them is kept. */
  readonly price_trends?: PriceTrends;
}

/**
 * Where every item went, of the sources that a sink takes: `read + split = written + rejected + duplicates + dropped + filtered +
 * unwritten`, for each sink.
 */
export interface Reconciliation {
  readonly read: number;
  readonly split: number;
  readonly written: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly dropped: number;
  /** Records that its filter keeps from it. */
  readonly filtered: number;
  readonly unwritten: number;
}

/** How a source ended: with all that it has, with a part of it, or with nothing. */
export type SourceState = 'complete' | 'partial' | 'failed';

/** Where the wall time of a source went: at each moment it is shared out among the pages that were under way. */
export interface SourceTime {
  /** From its start until its last page was written, over all lives of the run. The parts add up to it. */
  readonly total_ms: number;
  /** By what it was spent on: `rate_limit` waiting for the declared limit, `upstream` requests on the wire, …. */
  readonly spent_ms: Readonly<Record<TimeUse, number>>;
}

/** How the fetching of one source went. */
export interface SourceMonitoring {
  readonly state: SourceState;
  /** `ignored` were settled by a response rule; `unchanged`, of those delivered, are what they were in an earlier run. */
  readonly pages: {
    readonly delivered: number;
    readonly failed: number;
    readonly ignored: number;
    readonly unchanged: number;
  };
  readonly records: number;
  readonly requests: number;
  readonly retries: number;
  /** Status code → responses. */
  readonly status_counts: Readonly<Record<string, number>>;
  /** Bytes of all response bodies, decoded. */
  readonly bytes: number;
  readonly latency_ms: { readonly p50: number | null; readonly p95: number | null; readonly p99: number | null };
  readonly processing_ms: { readonly total: number; readonly p50: number | null; readonly p95: number | null };
  /** Pages delivered ÷ pages with a final outcome, in [0, 1]; 0 where there are none. */
  readonly success_rate: number;
  /** Pages failed ÷ pages with a final outcome, in [0, 1]; 0 where there are none. */
  readonly failure_rate: number;
  /** Milliseconds that requests spent waiting for the rate limit, added up. */
  readonly limiter_wait_ms: number;
  readonly time: SourceTime;
  /** What would make the source faster, in one line; null where nothing stands out. */
  readonly advice: string | null;
  readonly breaker_transitions: readonly {
    readonly at: string;
    readonly from: BreakerState;
    readonly to: BreakerState;
  }[];
  readonly items: {
    readonly read: number;
    readonly rejected: number;
    readonly duplicates: number;
    readonly dropped: number;
    readonly split: number;
    /** How many were dropped, by the normalizer's reason. */
    readonly drop_reasons: Readonly<Record<string, number>>;
  };
}

/** How the writing to one sink went. */
export interface SinkMonitoring {
  /** `partial`: it works, and did not get all records before the run had to end. */
  readonly state: SourceState;
  readonly batches: number;
  readonly bytes: number;
  readonly write_ms: number;
  readonly commits: number;
  /** Those whose records it is given; left out where that is all. */
  readonly sources?: readonly string[];
  readonly reconciliation: Reconciliation;
}

/** The document of a run, without its records: those are in the sinks. */
export interface RunReport {
  readonly summary: {
    readonly run_id: string;
    readonly started_at: string;
    readonly total_products: number;
    readonly processing_time_seconds: number;
    /** Distinct pages delivered ÷ pages with a final outcome. */
    readonly success_rate: number;
    readonly sources: readonly string[];
    readonly partial: boolean;
  };
  readonly errors: readonly ErrorEntry[];
  readonly metrics: RunMetrics;
  readonly monitoring: {
    readonly sources: Readonly<Record<string, SourceMonitoring>>;
    readonly sinks: Readonly<Record<string, SinkMonitoring>>;
    /** How often the run was begun: more than once where it was taken up again. */
    readonly lives: number;
    /** Rejected items and unreadable pages; `omitted` did not fit. `file` is null where none are kept. */
    readonly dead_letters: { readonly file: string | null; readonly kept: number; readonly omitted: number };
    /** Rules of the config on the quality of records; left out where there are none. */
    readonly quality?: QualityReport;
    /** What the mapping of categories was used for; left out where there is none. */
    readonly categories?: CategoryReport;
    /** Errors that are counted but not listed, because there were too many. */
    readonly errors_omitted: number;
  };
}
