import type { EventListener } from '../contracts/events.ts';
import type { RunReport } from '../contracts/report.ts';
import type { RunRecord } from '../contracts/run-record.ts';
import { masked } from '../masked.ts';
import { createSamples, type Samples } from './samples.ts';
import { createTimeline } from './timeline.ts';

/** Gathers what a report for people needs beside the report, in bounded memory. */
export interface RunRecorder {
  readonly on: EventListener;
  readonly samples: Pick<Samples, 'take' | 'add'>;
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
  const samples = createSamples(clean);
  return {
    on: timeline.on,
    samples,
    build(report) {
      const record = { version: 1, report, timeline: timeline.build(), samples: samples.build() } as const;
      return mask === undefined ? record : masked(record, mask);
    },
  };
}
