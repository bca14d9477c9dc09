import type { ErrorCode } from '../errors.ts';
import type { RunReport } from './report.ts';
import type { BreakerState } from './resilience.ts';

/** One request on the wire; all times are milliseconds, `start_ms` since the beginning of the timeline. */
export interface TimelineRequest {
  readonly start_ms: number;
  /** Waited for the rate limit right before the start. */
  readonly limiter_wait_ms: number;
  readonly duration_ms: number;
  /** 1 for the first; more is a retry. */
  readonly attempt: number;
  /** Undefined where no answer came. */
  readonly status?: number;
  readonly error?: ErrorCode;
  /** Path and query, without secrets, cut to 200 characters. */
  readonly path: string;
}

/** The requests of one source over time, in a bounded form. */
export interface SourceTimeline {
  /** Requests that there were. */
  readonly total: number;
  /** Every how many of them one is listed: 1 lists all. */
  readonly every: number;
  /** In the order in which they ended. */
  readonly requests: readonly TimelineRequest[];
  /** The first ones, at most 100. */
  readonly breaker: readonly { readonly at_ms: number; readonly to: BreakerState }[];
  /** Pauses that the upstream asked for; the first ones, at most 100. */
  readonly pauses: readonly { readonly at_ms: number; readonly ms: number }[];
}

/** What happened when, in the last life of the run: how the earlier ones went is not kept. */
export interface Timeline {
  /** ISO 8601. */
  readonly begins_at: string;
  readonly total_ms: number;
  readonly sources: Readonly<Record<string, SourceTimeline>>;
}

/** What is kept of a run that has ended, for people to look at: `runs/<id>/report.json` in the state folder. */
export interface RunRecord {
  readonly version: 1;
  readonly report: RunReport;
  readonly timeline: Timeline;
  /** The first few records of each source in the last life, as JSON; a long one is cut and ends in `…`. */
  readonly samples: Readonly<Record<string, readonly string[]>>;
}
