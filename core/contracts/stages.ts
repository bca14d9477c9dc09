/** Where a page is on its way, from the worklist until every sink has its records. */
export type Stage =
  /** It waits until fetched bytes have been written. */
  | 'room'
  /** It waits for an open breaker. */
  | 'breaker'
  /** It waits before a retry. */
  | 'backoff'
  /** It waits for one of the source's slots. */
  | 'slot'
  /** It has a slot and waits for the rate limit. */
  | 'limiter'
  /** Its request is the upstream's. */
  | 'wire'
  /** It waits for a worker, or is in one. */
  | 'workers'
  /** An enricher has asked for something: pages in the workers wait for what that waits for. */
  | 'asking'
  /** Its records wait for the sinks, or are being written. */
  | 'sinks';

/** What the time of a source is spent on; `docs/report.md` says how it is shared out. */
export type TimeUse =
  | 'rate_limit'
  | 'pause'
  | 'upstream'
  | 'concurrency'
  | 'backoff'
  | 'breaker'
  | 'workers'
  | 'sinks'
  | 'memory'
  | 'other';

/** Milliseconds by what they were spent on; what is missing was none. */
export type TimeSpent = Partial<Record<TimeUse, number>>;

/**
 * Counts the pages of one source in each stage, and shares out the time among them. Every `enter` has its `leave`; both
 * cost a look at the clock and a few sums, whatever the number of pages.
 */
export interface StageClock {
  /** The source's time begins. */
  begin(): void;
  enter(stage: Stage): void;
  leave(stage: Stage): void;
  /** From one stage to the next, in one step. */
  move(from: Stage, to: Stage): void;
  /** The upstream asked for a pause of `ms` from now: those that wait for the limiter wait for that. */
  paused(ms: number): void;
  /** No further page is asked for: the source's time ends with the last page that is under way. */
  end(): void;
}

/** Counts nothing: where nobody asks where the time went. */
export const untimed: StageClock = {
  begin() {},
  enter() {},
  leave() {},
  move() {},
  paused() {},
  end() {},
};
