import type { TimedEvent } from '../contracts/events.ts';
import type { SourceFigures } from '../contracts/journal.ts';
import type { SourceMonitoring, SourceState, SourceTime } from '../contracts/report.ts';
import type { BreakerState } from '../contracts/resilience.ts';
import type { RateLimit } from '../contracts/source.ts';
import type { TimeUse } from '../contracts/stages.ts';
import { addTo } from '../metrics/partial.ts';
import { addTime, timeUses } from '../metrics/time.ts';
import { adviseOn } from './advice.ts';
import { countDrop, mergeDrops } from '../processing/drop-reasons.ts';
import { slowestLimit } from '../http/least-time.ts';
import { createQuantiles, thousandths } from './quantiles.ts';

/** Transitions of the breaker that are listed, the first ones: a flapping upstream must not fill the memory. */
const mostTransitions = 100;

const itemCounters = ['read', 'rejected', 'duplicates', 'dropped', 'split'] as const;

/** Adds up what the events say about one source. */
export interface SourceTally {
  /** Adds what earlier lives of the run, or other processes, have come to. */
  add(figures: SourceFigures): void;
  on(event: TimedEvent): void;
  /** What is known so far; a source that has not ended is `partial`, or `failed` where nothing of it came. */
  build(): SourceMonitoring;
}

/** Starts a tally at nothing; `clean` makes a text of a plugin fit to be printed. */
export function createSourceTally(clean: (text: string) => string): SourceTally {
  const items = { read: 0, rejected: 0, duplicates: 0, dropped: 0, split: 0 };
  const drops = new Map<string, number>();
  const pages = { delivered: 0, failed: 0, ignored: 0, unchanged: 0 };
  const statusCounts = new Map<number, number>();
  const transitions: { at: string; from: BreakerState; to: BreakerState }[] = [];
  const latency = createQuantiles();
  const processing = createQuantiles();
  let ended: SourceState | undefined;
  let records = 0;
  let requests = 0;
  let retries = 0;
  let bytes = 0;
  let processingMs = 0;
  let limiterWaitMs = 0;
  const time = new Map<TimeUse, number>();
  let limits: readonly RateLimit[] = [];

  function onAttempt(event: Extract<TimedEvent, { type: 'attempt' }>): void {
    requests++;
    bytes += event.bytes;
    if (event.status === undefined) return;
    // A request without an answer has no latency: it would only show the timeout that was set.
    latency.add(event.ms);
    addTo(statusCounts, event.status, 1);
  }

  function onPage(event: Extract<TimedEvent, { type: 'page-delivered' }>): void {
    if (event.again !== true) pages.delivered++;
    if (event.unchanged === true) pages.unchanged++;
    records += event.records;
    items.read += event.items;
    items.rejected += event.rejects.length;
    items.duplicates += event.duplicates;
    items.dropped += event.dropped;
    items.split += event.split;
    for (const [reason, count] of event.drops) countDrop(drops, clean(reason), count);
    processing.add(event.processingMs);
    processingMs += event.processingMs;
  }

  /** How long single things took is not among the figures. */
  function add(figures: SourceFigures): void {
    pages.delivered += figures.pages;
    pages.ignored += figures.ignored;
    pages.unchanged += figures.unchanged;
    records += figures.records;
    requests += figures.requests;
    retries += figures.retries;
    bytes += figures.bytes;
    limiterWaitMs += figures.limiterWaitMs;
    processingMs += figures.processingMs;
    for (const name of itemCounters) items[name] += figures[name];
    for (const [use, ms] of figures.time) addTo(time, use, ms);
    mergeDrops(drops, figures.drops);
    for (const [status, count] of figures.statuses) addTo(statusCounts, status, count);
  }

  return {
    add,
    on(event) {
      switch (event.type) {
        case 'attempt':
          onAttempt(event);
          break;
        case 'requests-counted':
          requests += event.requests;
          retries += event.retries;
          bytes += event.bytes;
          limiterWaitMs += event.limiterWaitMs;
          for (const [status, count] of event.statuses) addTo(statusCounts, status, count);
          for (const [ms, count] of event.latencies) latency.add(ms, count);
          break;
        case 'page-delivered':
          onPage(event);
          break;
        case 'page-skipped':
          pages[event.action === 'ignore' ? 'ignored' : 'delivered']++;
          break;
        case 'pages-failed':
          pages.failed += event.pages;
          break;
        case 'retry':
          retries++;
          break;
        case 'limiter-wait':
          limiterWaitMs += event.ms;
          break;
        case 'breaker':
          if (transitions.length < mostTransitions) {
            transitions.push({ at: new Date(event.at).toISOString(), from: event.from, to: event.to });
          }
          break;
        case 'source-started':
          limits = event.rateLimits;
          break;
        case 'time-spent':
          addTime(time, event.spent);
          break;
        case 'source-ended':
          ended = event.state;
          break;
        default:
      }
    },
    build: () => {
      const spent = timeOf(time);
      return {
        state: ended ?? (pages.delivered > 0 ? 'partial' : 'failed'),
        pages: { ...pages },
        records,
        requests,
        retries,
        status_counts: Object.fromEntries(statusCounts),
        bytes,
        latency_ms: { p50: latency.at(0.5), p95: latency.at(0.95), p99: latency.at(0.99) },
        processing_ms: { total: thousandths(processingMs), p50: processing.at(0.5), p95: processing.at(0.95) },
        success_rate: share(pages.delivered, pages.delivered + pages.failed),
        failure_rate: share(pages.failed, pages.delivered + pages.failed),
        limiter_wait_ms: thousandths(limiterWaitMs),
        time: spent,
        advice: adviseOn(spent, {
          limit: slowestLimit(requests, limits),
          requests,
          answers: [...statusCounts.values()].reduce((sum, count) => sum + count, 0),
          refusals: statusCounts.get(429) ?? 0,
        }),
        breaker_transitions: [...transitions],
        items: { ...items, drop_reasons: Object.fromEntries(drops) },
      };
    },
  };
}

/** The uses of time as they stand in the report, those that came to nothing too. */
function timeOf(time: ReadonlyMap<TimeUse, number>): SourceTime {
  const parts = timeUses.map((use) => [use, Math.round(time.get(use) ?? 0)] as const);
  return {
    total_ms: parts.reduce((sum, [, ms]) => sum + ms, 0),
    spent_ms: Object.fromEntries(parts) as SourceTime['spent_ms'],
  };
}

/** `part` of `whole` in [0, 1]; 0 of nothing. */
export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
