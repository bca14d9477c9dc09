import type { Batch } from '../contracts/batch.ts';
import type { EventListener } from '../contracts/events.ts';
import type { RunReport } from '../contracts/report.ts';
import type { RunRecord } from '../contracts/run-record.ts';
import { masked } from '../masked.ts';
import { createTimeline } from './timeline.ts';

/** Records that are kept of each source, and sources of which some are. */
const most = { records: 3, sources: 100 } as const;

/** Gathers what a report for people needs beside the report, in bounded memory. */
export interface RunRecorder {
  readonly on: EventListener;
  /** Takes the records of a page, where there are not enough of its source yet. */
  sample(batch: Pick<Batch, 'source' | 'count' | 'records'>): void;
  build(report: RunReport): RunRecord;
}

/** How texts are made fit to be kept. */
export interface RunRecorderOptions {
  /** For texts from outside: bounded, one line, no secrets. */
  readonly clean: (text: string) => string;
  /** Takes the known secrets out of any text, and leaves the rest as it is. Default: none is known. */
  readonly mask?: ((text: string) => string) | undefined;
}

/** Starts with nothing. */
export function createRunRecorder({ clean, mask }: RunRecorderOptions): RunRecorder {
  const timeline = createTimeline(clean);
  const samples = new Map<string, string[]>();
  return {
    on: timeline.on,
    sample({ source, count, records }) {
      const taken = samples.get(source) ?? [];
      const wanted = most.records - taken.length;
      if (wanted === 0 || count === 0 || (taken.length === 0 && samples.size === most.sources)) return;
      for (const record of records().slice(0, wanted)) taken.push(clean(JSON.stringify(record)));
      samples.set(source, taken);
    },
    build(report) {
      const record = { version: 1, report, timeline: timeline.build(), samples: Object.fromEntries(samples) } as const;
      return mask === undefined ? record : masked(record, mask);
    },
  };
}
