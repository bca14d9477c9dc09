import { type BreakerState, cleanText, type RateLimit, type SourceState, type TimedEvent } from '../../core/index.ts';
import { createRateMeter, type RateMeter } from './rate-meter.ts';

/** What the display knows of one source. Times are those of the events: milliseconds since the epoch. */
export interface SourceProgress {
  readonly name: string;
  phase: 'waiting' | 'running' | SourceState;
  /** How many pages there are; undefined while nobody knows. */
  pages: number | undefined;
  delivered: number;
  failed: number;
  records: number;
  requests: number;
  retries: number;
  rateLimits: readonly RateLimit[];
  breaker: BreakerState;
  /** Until when the upstream has asked us to stay away. */
  pausedUntil: number;
  /** Until when a retry waits, and which attempt it will be. */
  retryUntil: number;
  retryAttempt: number;
  /** Until when the rate limit is what holds the source back, as far as is known. */
  limitedUntil: number;
  startedAt: number;
  endedAt: number | undefined;
  readonly requestRate: RateMeter;
  readonly pageRate: RateMeter;
}

export interface ProgressState {
  readonly sources: Map<string, SourceProgress>;
  startedAt: number;
  stopping: boolean;
  /** Who else works on the run, and what waits for them; undefined where all is done in this process. */
  workers: { readonly workers: number; readonly inHand: number; readonly waiting: number } | undefined;
}

/** How long one wait for the rate limit is shown: longer than a frame, shorter than a change of mind. */
const limitedShownMs = 1_000;

export function createProgressState(): ProgressState {
  return { sources: new Map(), startedAt: 0, stopping: false, workers: undefined };
}

/** Takes one event into the state, in place: a run of a million events is no place for copies. */
export function foldProgress(state: ProgressState, event: TimedEvent): void {
  if (event.type === 'run-started') {
    state.startedAt = event.at;
    for (const source of event.sources) state.sources.set(source, createSource(source));
    return;
  }
  if (event.type === 'run-resumed' || event.type === 'run-caught-up') {
    for (const [name, { pages, ignored, records, requests, retries }] of event.sources) {
      const source = state.sources.get(name);
      if (source === undefined) continue;
      source.delivered += pages + ignored;
      source.records += records;
      // Of an earlier life, nobody wants to see them here.
      if (event.type === 'run-resumed') continue;
      source.requests += requests;
      source.retries += retries;
    }
    return;
  }
  if (event.type === 'run-stopping') {
    state.stopping = true;
    return;
  }
  if (event.type === 'workers') {
    state.workers = event;
    return;
  }
  const source = 'source' in event ? state.sources.get(event.source) : undefined;
  if (source !== undefined) foldSource(source, event);
}

function foldSource(source: SourceProgress, event: TimedEvent): void {
  switch (event.type) {
    case 'source-started':
      source.phase = 'running';
      source.rateLimits = event.rateLimits;
      source.startedAt = event.at;
      break;
    case 'pages-known':
      source.pages = event.pages;
      break;
    case 'attempt':
      source.requests += 1;
      source.requestRate.add(event.at);
      break;
    case 'requests-counted':
      source.requests += event.requests;
      source.retries += event.retries;
      source.requestRate.add(event.at, event.requests);
      if (event.limiterWaitMs > 0) source.limitedUntil = event.at + limitedShownMs;
      break;
    case 'limiter-wait':
      source.limitedUntil = event.at + limitedShownMs;
      break;
    case 'limiter-paused':
      source.pausedUntil = Math.max(source.pausedUntil, event.at + event.ms);
      break;
    case 'retry':
      source.retries += 1;
      source.retryUntil = Math.max(source.retryUntil, event.at + event.delayMs);
      source.retryAttempt = event.attempt;
      break;
    case 'breaker':
      source.breaker = event.to;
      break;
    case 'page-skipped':
      source.delivered += 1;
      break;
    case 'page-delivered':
      if (event.again !== true) source.delivered += 1;
      source.records += event.records;
      source.pageRate.add(event.at);
      break;
    case 'pages-failed':
      source.failed += event.pages;
      break;
    case 'source-ended':
      source.phase = event.state;
      source.endedAt = event.at;
      break;
    default:
      break;
  }
}

function createSource(name: string): SourceProgress {
  return {
    name: cleanText(name),
    phase: 'waiting',
    pages: undefined,
    delivered: 0,
    failed: 0,
    records: 0,
    requests: 0,
    retries: 0,
    rateLimits: [],
    breaker: 'closed',
    pausedUntil: 0,
    retryUntil: 0,
    retryAttempt: 0,
    limitedUntil: 0,
    startedAt: 0,
    endedAt: undefined,
    requestRate: createRateMeter(),
    pageRate: createRateMeter(),
  };
}

/** Whether a source still works, or will. */
export function isActive(source: SourceProgress): boolean {
  return source.phase === 'running' || source.phase === 'waiting';
}

/**
 * Milliseconds until a source has all its pages: what remains at the pace of the last ten seconds, which the
 * declared rate limit bounds (the burst at a start says little), after any pause. Undefined while unknown.
 */
export function etaMs(source: SourceProgress, now: number): number | undefined {
  if (!isActive(source)) return 0;
  if (source.pages === undefined) return undefined;
  const remaining = Math.max(0, source.pages - source.delivered - source.failed);
  const limits = source.rateLimits.map(({ requests, perMs }) => (requests * 1_000) / perMs);
  const pace = Math.min(source.pageRate.perSecond(now), ...limits);
  if (remaining > 0 && pace === 0) return undefined;
  return Math.max(0, source.pausedUntil - now) + (remaining === 0 ? 0 : (remaining * 1_000) / pace);
}

/** Requests a second: of late while it runs, on the whole once it has ended. */
export function requestsPerSecond(source: SourceProgress, now: number): number {
  if (source.endedAt === undefined) return source.requestRate.perSecond(now);
  return (source.requests * 1_000) / Math.max(1_000, source.endedAt - source.startedAt);
}
