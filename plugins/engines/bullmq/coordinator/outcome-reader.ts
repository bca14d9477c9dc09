import type { Clock, EmitEvent, PageOutcome } from '../../../../core/engine.ts';
import { SluiceError, type DeadLetters } from '../../../../core/engine.ts';
import type { RunLedger, StreamId } from '../ledger/ledger.ts';
import type { LedgerOutcome } from '../ledger/outcome.ts';
import { foldOutcome, type FoldOptions } from './fold.ts';
import { type RunState, writeRunState } from './run-state.ts';

/** Entries that are read at once. */
const most = 500;
/** Least milliseconds between two checkpoints, and bytes of them a second: a large one is kept less often. */
const checkpointMs = 1000;
const checkpointBytes = 1024 * 1024;

export interface OutcomeReaderOptions {
  readonly runId: string;
  readonly ledger: RunLedger;
  readonly state: RunState;
  /** Up to where the state holds the stream. */
  readonly from: StreamId;
  readonly letters: DeadLetters | undefined;
  readonly clock: Clock;
  readonly fold: FoldOptions;
}

/** Reads what workers have told, once and in its order, and keeps what it has come to. */
export interface OutcomeReader {
  /** What has come since: outcomes of pages, and the rest as events. Nothing where nothing has. */
  next(emit: EmitEvent): Promise<readonly PageOutcome[]>;
  /** Keeps what was read where it is due, or `now`. Throws `state_locked` where another has read on. */
  checkpoint(now?: boolean): Promise<void>;
}

export function createOutcomeReader(options: OutcomeReaderOptions): OutcomeReader {
  const { runId, ledger, state, letters, clock, fold } = options;
  const elapsedBefore = state.elapsedMs;
  const startedAt = clock.now();
  let kept = options.from;
  let read = options.from;
  let dueAt = startedAt + checkpointMs;

  /** What an outcome is for the pipeline; what is none of a page is told as events. */
  function told(outcome: LedgerOutcome, emit: EmitEvent): readonly PageOutcome[] {
    switch (outcome.kind) {
      case 'landed':
        for (const reject of outcome.rejects) {
          letters?.record(outcome.source, outcome.key, reject, clock.date(), outcome.child);
        }
        return [outcome];
      case 'failed':
      case 'skipped':
      case 'notice':
      case 'ended':
        return [outcome];
      case 'sinks':
        for (const [sink, { records, bytes, ms, filtered }] of Object.entries(outcome.sinks)) {
          if (filtered > 0) emit({ type: 'sink-filtered', sink, records: filtered });
          if (records === 0) continue;
          emit({ type: 'sink-wrote', sink, records, bytes, ms });
          emit({ type: 'sink-committed', sink, records });
        }
        return [];
      case 'figures': {
        const { kind: _, worker: __, time, ...figures } = outcome;
        emit({ type: 'requests-counted', ...figures });
        emit({ type: 'time-spent', source: outcome.source, spent: time });
        return [];
      }
    }
  }

  return {
    async next(emit) {
      const outcomes: PageOutcome[] = [];
      for (const { id, outcome } of await ledger.outcomes(read, most)) {
        foldOutcome(state, outcome, clock.date(), fold);
        outcomes.push(...told(outcome, emit));
        read = id;
      }
      return outcomes;
    },
    async checkpoint(now = false) {
      if (read === kept || (!now && clock.now() < dueAt)) return;
      // First: a later life cuts the letters off at what the state says, and has to find all of them.
      if (letters !== undefined) state.letters = await letters.flush();
      state.elapsedMs = Math.round(elapsedBefore + clock.now() - startedAt);
      const written = writeRunState(state);
      if (!(await ledger.keepCheckpoint(kept, read, written))) {
        throw new SluiceError(
          'state_locked',
          `the run ${runId} was taken over: what its workers told has been read by another`,
        );
      }
      kept = read;
      dueAt = clock.now() + checkpointMs * Math.max(1, written.byteLength / checkpointBytes);
    },
  };
}
