import type { ResolvedSink } from '../config/resolved.ts';
import type { Batch } from '../contracts/batch.ts';
import type { Clock } from '../contracts/clock.ts';
import type { EmitEvent } from '../contracts/events.ts';
import type { RunReport } from '../contracts/report.ts';
import type { SinkContext } from '../contracts/sink.ts';
import type { SluiceError } from '../errors.ts';
import { createSinkLane } from './sink-lane.ts';

/** All the sinks of a run. A sink that fails does so alone, as an event; none of these promises rejects. */
export interface SinkRunner {
  /** Sinks that have not failed. */
  readonly alive: number;
  open(): Promise<void>;
  /** Resolves when each living sink took the batch: that is what slows the fetchers down. */
  write(batch: Batch): Promise<void>;
  /** Gives up the batches that still wait, and all that come: they count as unwritten. The sinks stay open. */
  discard(reason: SluiceError): void;
  /** Commits everything, so that a report built afterwards knows what each sink has. */
  flush(): Promise<void>;
  /** Closes the living sinks with the final report. A sink that fails here fails after that report was built. */
  close(report: RunReport): Promise<void>;
  /** Gives up all that is open, at once: what is not committed counts as unwritten, with `reason` as the error. */
  abort(reason: SluiceError): Promise<void>;
}

export interface SinkRunnerOptions {
  readonly sinks: readonly ResolvedSink[];
  /** What every sink is told; its name is added. */
  readonly context: Omit<SinkContext, 'name'>;
  readonly clock: Clock;
  readonly emit: EmitEvent;
}

/** Builds the runner; nothing is opened yet. */
export function createSinkRunner({ sinks, context, clock, emit }: SinkRunnerOptions): SinkRunner {
  const lanes = sinks.map((sink) => createSinkLane({ sink, context: { ...context, name: sink.name }, clock, emit }));
  // Within a lane operations take turns; the lanes run side by side.
  const each = async (operate: (lane: (typeof lanes)[number]) => Promise<void>): Promise<void> => {
    await Promise.all(lanes.map(operate));
  };
  return {
    get alive() {
      return lanes.filter((lane) => lane.alive).length;
    },
    open: () => each((lane) => lane.open()),
    async write(batch) {
      if (batch.count > 0) await each((lane) => lane.write(batch));
    },
    discard(reason) {
      for (const lane of lanes) lane.discard(reason);
    },
    flush: () => each((lane) => lane.flush()),
    close: (report) => each((lane) => lane.close(report)),
    abort: (reason) => each((lane) => lane.abort(reason)),
  };
}
