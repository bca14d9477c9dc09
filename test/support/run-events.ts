import { noPageMetrics } from '../../core/metrics/page-metrics.ts';
import type { TimedEvent } from '../../core/contracts/events.ts';
import type { Reject } from '../../core/contracts/batch.ts';

/** When the events of tests happen. */
export const eventTime = Date.UTC(2026, 0, 2, 3, 4, 5);

type EventOf<Type extends TimedEvent['type']> = Extract<TimedEvent, { type: Type }>;

export function runStarted(sources: readonly string[], sinks: readonly string[] = []): TimedEvent {
  return { at: eventTime, type: 'run-started', runId: 'run1', sources, sinks, threads: 0 };
}

/** A page of which every item became a record, but for what the change says. */
export function pageDelivered(
  source: string,
  change: Partial<EventOf<'page-delivered'>> = {},
): EventOf<'page-delivered'> {
  return {
    at: eventTime,
    type: 'page-delivered',
    source,
    key: 'GET /products?skip=0',
    items: 20,
    records: 20,
    duplicates: 0,
    dropped: 0,
    split: 0,
    drops: new Map(),
    rejects: [],
    metrics: noPageMetrics(),
    bytes: 1000,
    attempts: 1,
    processingMs: 2,
    ...change,
  };
}

export function attempt(source: string, change: Partial<EventOf<'attempt'>> = {}): TimedEvent {
  const request = { key: 'GET /products?skip=0', url: 'http://127.0.0.1/products?skip=0', attempt: 1 };
  return { at: eventTime, type: 'attempt', source, ...request, status: 200, bytes: 1000, ms: 10, ...change };
}

export function reject(change: Partial<Reject> = {}): Reject {
  return { reason: 'missing_title', index: 3, message: 'title is missing', raw: '{}', ...change };
}
