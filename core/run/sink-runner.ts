import type { ResolvedSink } from '../config/resolved.ts';
import type { Batch } from '../contracts/batch.ts';
import type { Clock } from '../contracts/clock.ts';
import type { EmitEvent } from '../contracts/events.ts';
import type { SinkJournal } from '../contracts/journal.ts';
import type { PriceTrends } from '../contracts/price-trends.ts';
import type { RunReport } from '../contracts/report.ts';
import type { SinkContext } from '../contracts/sink.ts';
import { SluiceError } from '../errors.ts';
import { namedLogger } from '../log/named-logger.ts';
import { createSinkLane } from './sink-lane.ts';

/** Bytes after which a commit is due: bounds what a crash can take back. */
const commitBytes = 8 * 1024 * 1024;
/** Milliseconds from the first thing to commit to the commit. */
const commitMs = 200;

/** All the sinks of a run. A sink that fails does so alone, as an event; none of these promises rejects. */
export interface SinkRunner {
  /** Why there is nowhere to write to; undefined while a sink works. */
  readonly fault: SluiceError | undefined;
  open(): Promise<void>;
  /** Resolves when each living sink took the batch, undefined where all have: that is what slows the fetchers down. */
  write(batch: Batch): Promise<unknown> | undefined;
  /** Something is to be kept that no sink is given, such as a page without records: a commit is due soon. */
  keep(): void;
  /** Gives up the batches that still wait, and all that come: they count as unwritten. The sinks stay open. */
  discard(reason: SluiceError): void;
  /** Commits everything, so that a report built afterwards knows what each sink has. */
  flush(): Promise<void>;
  /** How prices differ from those of earlier runs; undefined where no sink can tell. */
  trends(report: RunReport): Promise<PriceTrends | undefined>;
  /** Closes the living sinks with the final report. A sink that fails here fails after that report was built. */
  close(report: RunReport): Promise<void>;
  /** Gives up all that is open, at once: what is not committed counts as unwritten, with `reason` as the error. */
  abort(reason: SluiceError): Promise<void>;
}

export interface SinkRunnerOptions {
  readonly sinks: readonly ResolvedSink[];
  /** What every sink is told; its name and what it takes are added. */
  readonly context: Omit<SinkContext, 'name' | 'takes'>;
  readonly clock: Clock;
  readonly emit: EmitEvent;
  readonly journal: SinkJournal;
}

/**
 * Builds the runner; nothing is opened yet. All sinks commit at the same places in the order of the batches, each in
 * its own time, so that the journal can name places up to which all of them have everything (the aligned barriers of
 * Carbone et al., "Lightweight Asynchronous Snapshots for Distributed Dataflows", 2015).
 */
export function createSinkRunner({ sinks, context, clock, emit, journal }: SinkRunnerOptions): SinkRunner {
  const lanes = sinks.map((sink) =>
    createSinkLane({
      sink,
      context: {
        ...context,
        name: sink.name,
        takes: sink.route?.sources ?? context.sources,
        logger: namedLogger(context.logger, sink.name),
      },
      clock,
      emit,
      journal,
    }),
  );
  const outputs = lanes.filter(({ auxiliary }) => !auxiliary);
  /** Those without which the run has nowhere to write to. */
  const needed = outputs.length > 0 ? outputs : lanes;
  let pendingBytes = 0;
  let cancelTimer: (() => void) | undefined;

  // Within a lane operations take turns; the lanes run side by side.
  const each = async (operate: (lane: (typeof lanes)[number]) => Promise<void>): Promise<void> => {
    await Promise.all(lanes.map(operate));
  };

  function seal(): number {
    cancelTimer?.();
    cancelTimer = undefined;
    pendingBytes = 0;
    return journal.seal();
  }

  /** Puts a commit into every lane at once, behind the same batch. */
  function commit(): void {
    const epoch = seal();
    void each((lane) => lane.commit(epoch));
  }

  function keep(): void {
    cancelTimer ??= clock.timer(commitMs, commit);
  }

  return {
    get fault() {
      return needed.some(({ fault }) => fault === undefined) ? undefined : noneLeft(needed.map(({ fault }) => fault));
    },
    open: () => each((lane) => lane.open()),
    write(batch) {
      keep();
      if (batch.count === 0) return undefined;
      pendingBytes += batch.ndjson.byteLength;
      const waits = lanes.map((lane) => lane.write(batch)).filter((taken) => taken !== undefined);
      if (pendingBytes >= commitBytes) commit();
      return waits.length === 0 ? undefined : Promise.all(waits);
    },
    keep,
    discard(reason) {
      for (const lane of lanes) lane.discard(reason);
    },
    flush() {
      const epoch = seal();
      return each((lane) => lane.flush(epoch));
    },
    async trends(report) {
      const told = await Promise.all(lanes.map((lane) => lane.trends(report)));
      return told.find((trends) => trends !== undefined);
    },
    close: (report) => each((lane) => lane.close(report)),
    abort(reason) {
      cancelTimer?.();
      return each((lane) => lane.abort(reason));
    },
  };
}

function noneLeft(faults: readonly (SluiceError | undefined)[]): SluiceError {
  // Readers that have seen enough are no failure that anybody has to be told about.
  if (faults.every((fault) => fault?.code === 'reader_gone')) {
    return new SluiceError('reader_gone', 'nobody reads what is written any more');
  }
  return new SluiceError('sink_failed', 'every sink has failed: there is nowhere to write to');
}
