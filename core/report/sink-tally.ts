import type { TimedEvent } from '../contracts/events.ts';
import type { Reconciliation, SinkMonitoring } from '../contracts/report.ts';
import { recordsOf } from '../run/sink-routing.ts';
import { thousandths } from './quantiles.ts';

/** Adds up what the events say about one sink. */
export interface SinkTally {
  on(event: TimedEvent): void;
  /** What is known so far, beside what became of all items before they came to the sinks. */
  build(items: Omit<Reconciliation, 'written' | 'filtered' | 'unwritten'>): SinkMonitoring;
}

/** Starts a tally at nothing; `sources` are those that the sink takes, undefined for all. */
export function createSinkTally(sources: readonly string[] | undefined): SinkTally {
  let failed = false;
  let discarded = false;
  let written = 0;
  let filtered = 0;
  let unwritten = 0;
  let batches = 0;
  let bytes = 0;
  let writeMs = 0;
  let commits = 0;

  return {
    on(event) {
      switch (event.type) {
        case 'run-resumed':
          written += recordsOf(event, sources);
          break;
        case 'sink-filtered':
          filtered += event.records;
          // Those of earlier lives are among the records that the resume has told.
          if (event.earlier === true) written -= event.records;
          break;
        case 'sink-wrote':
          batches++;
          bytes += event.bytes;
          writeMs += event.ms;
          break;
        case 'sink-committed':
          // Counted here and nowhere else: what was only written may still be lost.
          commits++;
          written += event.records;
          break;
        case 'sink-failed':
          failed = true;
          written -= event.revoked ?? 0;
          unwritten += event.unwritten;
          break;
        case 'sink-discarded':
          discarded = true;
          unwritten += event.records;
          break;
        case 'sink-skipped':
          unwritten += event.records;
          break;
        default:
      }
    },
    build: ({ read, split, rejected, duplicates, dropped }) => ({
      state: failed ? 'failed' : discarded ? 'partial' : 'complete',
      batches,
      bytes,
      write_ms: thousandths(writeMs),
      commits,
      ...(sources && { sources }),
      reconciliation: { read, split, written, rejected, duplicates, dropped, filtered, unwritten },
    }),
  };
}
