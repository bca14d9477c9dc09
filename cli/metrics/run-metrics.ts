import type * as promClient from 'prom-client';
import type { EventListener, RunEvent } from '../../core/index.ts';

/** What of a run Prometheus can ask for. */
export interface RunMetrics {
  readonly registry: promClient.Registry;
  /** To be called with every event of the run. */
  readonly listen: EventListener;
}

/** Requests that are told of together. */
type CountedRequests = Pick<
  Extract<RunEvent, { type: 'requests-counted' }>,
  'requests' | 'retries' | 'bytes' | 'limiterWaitMs' | 'statuses'
>;

const breakerStates = { closed: 0, 'half-open': 0.5, open: 1 } as const;

/**
 * Counts what the events of a run tell, under names that begin with `sluice_`. Labels are sources, sinks, codes and
 * statuses of this config: their number is bounded, whatever an upstream says.
 */
export function createRunMetrics({ Registry, Counter, Gauge, collectDefaultMetrics }: typeof promClient): RunMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name: `sluice_${name}`, help, labelNames, registers });
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name: `sluice_${name}`, help, labelNames, registers });

  const pages = counter('pages_total', 'Pages that are done, by what became of them', ['source', 'outcome']);
  const items = counter('items_total', 'Items of the pages, by what became of them', ['source', 'outcome']);
  const sinkRecords = counter('sink_records_total', 'Records that a sink took and committed', ['sink', 'state']);
  const requests = counter('requests_total', 'Requests on the wire, by status; none: no answer', ['source', 'status']);
  const retries = counter('retries_total', 'Attempts that were made again', ['source']);
  const bytes = counter('response_bytes_total', 'Bytes of bodies', ['source']);
  const limiterWait = counter('limiter_wait_seconds_total', 'Time that requests waited for the rate limit', ['source']);
  const pauses = counter('limiter_pauses_total', 'Pauses that the upstream asked for', ['source']);
  const errors = counter('errors_total', 'Failures of pages, sources and sinks, by code', ['source', 'code']);
  const breaker = gauge('breaker_open', 'Circuit breaker: 0 closed, 0.5 half-open, 1 open', ['source']);
  const running = gauge('source_running', 'Whether pages of the source are still to come', ['source']);
  const workers = gauge('workers', 'Workers that live, as the coordinator sees them');
  const inHand = gauge('pages_in_hand', 'Pages that workers have in hand');
  const waiting = gauge('pages_waiting', 'Requests in the queue and before it: what to scale by');

  function countRequests(source: string, counted: CountedRequests): void {
    let answered = 0;
    for (const [status, count] of counted.statuses) {
      answered += count;
      requests.inc({ source, status: String(status) }, count);
    }
    if (counted.requests > answered) requests.inc({ source, status: 'none' }, counted.requests - answered);
    retries.inc({ source }, counted.retries);
    bytes.inc({ source }, counted.bytes);
    limiterWait.inc({ source }, counted.limiterWaitMs / 1000);
  }

  return {
    registry,
    listen(event) {
      switch (event.type) {
        case 'source-started':
          running.set({ source: event.source }, 1);
          breaker.set({ source: event.source }, 0);
          return;
        case 'source-ended':
          running.set({ source: event.source }, 0);
          return;
        case 'attempt':
          requests.inc({ source: event.source, status: String(event.status ?? 'none') });
          bytes.inc({ source: event.source }, event.bytes);
          return;
        case 'requests-counted':
          countRequests(event.source, event);
          return;
        case 'retry':
          retries.inc({ source: event.source });
          return;
        case 'limiter-wait':
          limiterWait.inc({ source: event.source }, event.ms / 1000);
          return;
        case 'limiter-paused':
          pauses.inc({ source: event.source });
          return;
        case 'breaker':
          breaker.set({ source: event.source }, breakerStates[event.to]);
          return;
        case 'page-delivered': {
          const { source } = event;
          if (event.again !== true) pages.inc({ source, outcome: 'delivered' });
          items.inc({ source, outcome: 'record' }, event.records);
          items.inc({ source, outcome: 'rejected' }, event.rejects.length);
          items.inc({ source, outcome: 'duplicate' }, event.duplicates);
          items.inc({ source, outcome: 'dropped' }, event.dropped);
          return;
        }
        case 'run-caught-up':
          for (const [source, figures] of event.sources) {
            pages.inc({ source, outcome: 'delivered' }, figures.pages);
            pages.inc({ source, outcome: 'skipped' }, figures.ignored);
            items.inc({ source, outcome: 'record' }, figures.records);
            items.inc({ source, outcome: 'rejected' }, figures.rejected);
            items.inc({ source, outcome: 'duplicate' }, figures.duplicates);
            items.inc({ source, outcome: 'dropped' }, figures.dropped);
            countRequests(source, figures);
          }
          return;
        case 'page-skipped':
          pages.inc({ source: event.source, outcome: 'skipped' });
          return;
        case 'pages-failed':
          pages.inc({ source: event.source, outcome: 'failed' }, event.pages);
          errors.inc({ source: event.source, code: event.error.code });
          return;
        case 'source-notice':
          errors.inc({ source: event.source, code: event.error.code });
          return;
        case 'sink-wrote':
          sinkRecords.inc({ sink: event.sink, state: 'written' }, event.records);
          return;
        case 'sink-committed':
          sinkRecords.inc({ sink: event.sink, state: 'committed' }, event.records);
          return;
        case 'sink-failed':
          errors.inc({ source: `sink ${event.sink}`, code: event.error.code });
          return;
        case 'workers':
          workers.set(event.workers);
          inHand.set(event.inHand);
          waiting.set(event.waiting);
          return;
        default:
          // What is left is for people to read, or is told by the report.
          return;
      }
    },
  };
}
