import type { SourceTime } from '../contracts/report.ts';
import type { RateLimit } from '../contracts/source.ts';
import type { TimeUse } from '../contracts/stages.ts';
import { leastTimeMs, limitText } from '../http/least-time.ts';

/** What advice needs beside the time. */
export interface AdviceFacts {
  /** What was declared: the window that costs most time; undefined for a source that never began. */
  readonly limit: RateLimit | undefined;
  readonly requests: number;
  /** Responses, whatever they said. */
  readonly answers: number;
  /** Those that refused a request for the rate. */
  readonly refusals: number;
}

/** Below this, in milliseconds, nobody waits for anything. */
const shortestMs = 1_000;
/** Share of the time above which something stands out. */
const outstanding = 0.4;
/** Share of the time that the declared limit alone explains, from which on nothing else matters. */
const explained = 0.9;

/** What holds a source up for the largest part of its time, and what would change that; null where nothing does. */
export function adviseOn({ total_ms, spent_ms }: SourceTime, facts: AdviceFacts): string | null {
  if (total_ms < shortestMs) return null;
  const { limit, requests } = facts;
  const share = (use: TimeUse): number => spent_ms[use] / total_ms;
  const uses = Object.keys(spent_ms) as TimeUse[];
  const largest = uses.reduce((most, use) => (spent_ms[use] > spent_ms[most] ? use : most), 'other');
  // With few slots a request seldom waits for the limit, for the slots wait for it: then the rate itself tells.
  if (limit !== undefined && leastTimeMs(requests, limit, 0) / total_ms >= explained && largest !== 'rate_limit') {
    return `it ran at the declared limit of ${limitText(limit)}: the run can't be faster unless the limit is raised`;
  }
  if (share(largest) < outstanding) return null;
  const remedy = remedies[largest](facts);
  return remedy === undefined ? null : `${Math.round(share(largest) * 100)} % ${remedy}`;
}

const remedies: Record<TimeUse, (facts: AdviceFacts) => string | undefined> = {
  rate_limit({ limit, refusals }) {
    const declared = limit === undefined ? 'rate limit' : `declared limit of ${limitText(limit)}`;
    if (refusals > 0)
      return `waiting for the rate limit, lowered because the upstream refused the ${declared}: declare what it allows`;
    return `waiting for the ${declared}: the run can't be faster unless the limit is raised`;
  },
  pause: () => 'paused, because the upstream asked for it: declare a lower rate limit, as it refuses the present one',
  upstream({ answers }) {
    if (answers === 0) return 'waiting for an upstream that never answered: is it up, and is its address right?';
    return "waiting for the upstream's answers, with nothing else to ask meanwhile: larger pages would help";
  },
  concurrency: () =>
    "waiting for the upstream's answers with all slots taken: raise `concurrency`, if the upstream bears it",
  backoff: () => 'waiting before retries: the upstream fails too often, see the errors',
  breaker: () => 'waiting for an upstream that had failed too often (open breaker): see the errors',
  workers: () => 'waiting for the workers: more `workers.threads`, or a cheaper normalizer, would help',
  sinks: () => 'waiting for the sinks: the slowest of them sets the pace',
  memory: () => 'waiting for pages of other sources to be written: they fill `workers.maxInFlightBytes`',
  other: () => undefined,
};
