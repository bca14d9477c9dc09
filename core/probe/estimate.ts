import type { ResolvedSource } from '../config/resolved.ts';
import { leastTimeMs, slowestLimit } from '../http/least-time.ts';
import type { PageCount } from './page-count.ts';

/** What is to be fetched. */
export interface Workload extends Pick<PageCount, 'sequential'> {
  readonly pages: number;
  /** Places of the limit's windows that all of it takes: of every source that shares the limit. */
  readonly places: number;
  /** Milliseconds that an answer takes. */
  readonly latencyMs: number;
  /** Pages that are asked for along with the first. */
  readonly lookahead: number;
}

/** What keeps a source from being faster. */
export type Bound = 'limit' | 'latency' | 'concurrency';

/** How long the pages of a source take at least. */
export interface Estimate {
  readonly leastMs: number;
  readonly bound: Bound;
}

/**
 * The least time for all pages, by each of the bounds alone; the largest one counts. The limit: the last request can't go
 * sooner, and is answered one latency later. Latency: pages that follow one another take one latency each; others two,
 * for the first says how many there are, but for those that are asked for along with it. Concurrency: as many latencies as it takes to get them through the slots.
 */
export function estimate(
  { pages, places, sequential, latencyMs, lookahead }: Workload,
  { rateLimits, rateLimitMarginMs, concurrency }: ResolvedSource,
): Estimate {
  const limit = slowestLimit(places, rateLimits);
  const byLimit = (limit === undefined ? 0 : leastTimeMs(places, limit, rateLimitMarginMs)) + latencyMs;
  const atFirst = Math.min(lookahead + 1, concurrency);
  const rounds = sequential ? pages : 1 + Math.ceil(Math.max(0, pages - atFirst) / concurrency);
  const byAnswers = rounds * latencyMs;
  // At equal times the answers bound it: without them the limit would have allowed it at once.
  if (byLimit > byAnswers) return { leastMs: byLimit, bound: 'limit' };
  return { leastMs: byAnswers, bound: sequential || rounds <= 2 ? 'latency' : 'concurrency' };
}
