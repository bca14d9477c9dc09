import {
  createNoJournal,
  type DeadLetters,
  type EarlierLives,
  recordsOf,
  type RunEnding,
  type RunJournal,
  type RunRecord,
} from '../../../../core/engine.ts';
import type { RunState } from './run-state.ts';

export interface CoordinatorJournalOptions {
  readonly runId: string;
  readonly startedAt: number;
  /** What the run had come to when this life of the coordinator began. */
  readonly state: RunState;
  readonly letters: DeadLetters | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The run has come to its end, or was stopped. */
  readonly end: (ending: RunEnding, complete: readonly string[]) => Promise<void>;
  readonly keepRecord: (record: RunRecord) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The journal as the pipeline of a coordinator knows it: what a later life needs is in Redis, and kept by the engine. */
export function createCoordinatorJournal(options: CoordinatorJournalOptions): RunJournal {
  const { runId, startedAt, state, letters, now, end, keepRecord, close } = options;
  return {
    ...createNoJournal(runId),
    earlier: state.life > 1 ? earlierOf(state, startedAt) : undefined,
    resumable: true,
    failed({ source, page, error }) {
      if (page?.bytes !== undefined) letters?.page(source, page.key, error, page.bytes, now());
    },
    get deadLetters() {
      return letters ?? { file: undefined, kept: 0, omitted: 0 };
    },
    end: (ending, _records, complete) => end(ending, complete),
    keepRecord,
    close,
  };
}

/** What went before, as the report adds it up; the figures are a copy, for the state goes on. */
function earlierOf({ life, elapsedMs, sources }: RunState, startedAt: number): EarlierLives {
  const figures = structuredClone(sources);
  return { life, startedAt, elapsedMs, sources: figures, records: recordsOf(figures) };
}
