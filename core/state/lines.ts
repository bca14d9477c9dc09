/** What stands in a run's journal: the types of its lines. `docs/journal.md` has the grammar in words. */
import type { RunEnding, TotalsState } from '../contracts/journal.ts';
import type { ErrorCode } from '../errors.ts';
import type { PageRequest } from '../contracts/page.ts';
import type { SinkPosition } from '../contracts/sink.ts';
import type { Cursors } from '../incremental/cursor-files.ts';
import type { WrittenFigures } from './figures.ts';
import type { Fingerprint } from './fingerprint.ts';

/** Version of the format: a journal of another one can't be resumed. */
export const journalVersion = 1;

/** The first line, once. */
export interface RunLine {
  readonly type: 'run';
  readonly version: number;
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Key of the run's hashes: 16 hexadecimal digits. */
  readonly hashKey: string;
  /** The config's file name, for people. */
  readonly config: string | null;
  readonly sources: readonly string[];
  readonly sinks: readonly string[];
  readonly fingerprint: Fingerprint;
  /** What the sources are asked since, where they have been read before: the same in all lives of the run. */
  readonly since?: Cursors;
}

/** A later life begins: it goes on after epoch `epoch`. */
export interface LifeLine {
  readonly type: 'life';
  /** 2 for the second. */
  readonly life: number;
  readonly at: number;
  readonly epoch: number;
  /** The dead letters have lost what is asked for again: those that stay are in a file of this life's, until settled. */
  readonly sorted?: true;
  /** A retry of what failed begins: figures of the rejected items that are tried again, by source. They do not count any more. */
  readonly retried?: Readonly<Record<string, WrittenFigures>>;
}

/** All that happened between two seals. It counts once every sink has committed it. */
export interface EpochLine {
  readonly type: 'epoch';
  readonly epoch: number;
  readonly at: number;
  /** Milliseconds that the run has taken so far, all lives together. */
  readonly elapsedMs: number;
  readonly sources: Readonly<Record<string, SourceEpoch>>;
}

/** What became of one source within an epoch; what is empty is left out. Requests are named by their ordinals. */
export interface SourceEpoch {
  /** Requests that were added, in order; the second kind is asked for only because the items did not add up. */
  readonly added?: readonly (PageRequest | { readonly extra: PageRequest })[];
  readonly preceded?: readonly number[];
  readonly expanded?: readonly number[];
  readonly attempted?: readonly (readonly [ordinal: number, attempts: number])[];
  readonly capped?: true;
  /** Follow-ups could not be added, and why. */
  readonly refused?: { readonly code: ErrorCode; readonly message: string };
  /** Delivered to every sink, or settled by a response rule. */
  readonly done?: readonly number[];
  /** How many of them a response rule has settled. */
  readonly skipped?: number;
  /** Gave up on; a resume asks again. */
  readonly failed?: readonly number[];
  /** Rejected items that have been driven again. */
  readonly redriven?: number;
  /** Hashes of records' ids and of pages' bytes, base64. */
  readonly ids?: string;
  readonly pages?: string;
  /** Hashes of values that are to be unique, by name of the rule. */
  readonly keys?: readonly (readonly [rule: string, hashes: string])[];
  readonly totals?: Partial<TotalsState>;
  readonly figures?: WrittenFigures;
}

/** A sink, or the file of dead letters, has durably got all up to the end of `epoch`. */
export interface CommitLine {
  readonly type: 'commit';
  readonly sink: string;
  readonly epoch: number;
  readonly position: SinkPosition;
}

/** The run came to its end: every sink is closed. */
export interface EndLine {
  readonly type: 'end';
  readonly at: number;
  readonly ending: RunEnding;
  /** Records that every sink has. */
  readonly records: number;
}

export type JournalLine = RunLine | LifeLine | EpochLine | CommitLine | EndLine;
