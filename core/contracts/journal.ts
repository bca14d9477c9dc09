import type { CategoryCounts } from './categories.ts';
import type { ChildOf } from './child.ts';
import type { DeliveredPage, FailedPages, SkippedPage } from './engine.ts';
import type { RejectReason } from './batch.ts';
import type { EventListener } from './events.ts';
import type { SluiceError } from '../errors.ts';
import type { CursorValue } from './incremental.ts';
import type { MetricsPartial } from './metrics.ts';
import type { QualityCounts } from './quality.ts';
import type { PageRequest } from './page.ts';
import type { RunRecord } from './run-record.ts';
import type { SinkPosition } from './sink.ts';
import type { TimeUse } from './stages.ts';

/** A set of 64-bit hashes. */
export interface HashSet {
  readonly size: number;
  has(hash: bigint): boolean;
  /** Puts a hash in; false when it was there already. */
  add(hash: bigint): boolean;
  /** Puts several in. False where one was there already, or comes twice: then none is put in. */
  addNew(hashes: BigUint64Array): boolean;
}

/** A request that an earlier life of the run had not done. */
export interface PendingRequest {
  /** Place in the order in which the source's requests were added, from 0: its name in the journal. */
  readonly ordinal: number;
  readonly request: PageRequest;
  readonly attempts: number;
  /** Nothing that is known to follow it is on the worklist yet. */
  readonly fresh: boolean;
  /** Its follow-ups are on the worklist already. */
  readonly expanded: boolean;
  readonly extra: boolean;
}

/** How the items that came stand to the number that the upstream declares. */
export interface TotalsState {
  readonly items: number;
  readonly declared: number | undefined;
  /** The most that was ever declared. */
  readonly most?: number | undefined;
  /** One of several listings has declared nothing. */
  readonly untold?: boolean | undefined;
  /** The same of each dependent resource, over all parents. */
  readonly children?: Readonly<Record<string, TotalsState>>;
  readonly emptyPages: number;
  /** The latest value of the cursor field, where the source declares one. */
  readonly cursor?: CursorValue | undefined;
}

/** A rejected item that is to be tried again. */
export interface RejectedItem {
  /** As JSON. */
  readonly raw: string;
  /** The dependent listing that it came from. */
  readonly child?: ChildOf;
}

/** All that a source has to know again to go on where an earlier life of the run ended. */
export interface RestoredSource {
  /** Requests ever added. */
  readonly added: number;
  /** How many of them belong to dependent listings. */
  readonly addedOfChildren: number;
  /** Requests were left out, because there were as many as may be. */
  readonly capped: boolean;
  /** The request of the source's own listing that was added last. */
  readonly last: PageRequest | undefined;
  readonly pending: readonly PendingRequest[];
  /** Hashes of the keys and targets of all requests. */
  readonly seen: HashSet;
  /** Hashes of the ids of all records that were delivered. */
  readonly ids: HashSet;
  /** Hashes of the bytes of all pages that were delivered. */
  readonly pages: HashSet;
  readonly delivered: number;
  /** Pages that a response rule has settled. */
  readonly skipped: number;
  /** What a guard or the pager refused: more would have followed, and is not on the worklist. */
  readonly refused: SluiceError | undefined;
  readonly totals: TotalsState;
  /** Hashes of the values that are to be unique, by name of the rule. */
  readonly keys: ReadonlyMap<string, HashSet>;
  /** None but for `--retry-failed`. */
  readonly letters: readonly RejectedItem[];
}

/** What a delivered page leaves behind for a later life of the run. */
export interface PageReceipt {
  /** Undefined for items that were driven again: they are no page of the worklist. */
  readonly ordinal: number | undefined;
  readonly bytesHash: bigint;
  readonly idHashes: BigUint64Array;
  readonly totals: TotalsState;
  /** See `PageRead`. */
  readonly keys?: ReadonlyMap<string, BigUint64Array> | undefined;
}

/** Hears of every change to a source's worklist. Calls made in one turn of the event loop are kept or lost together. */
export interface SourceJournal {
  /** What an earlier life of the run left; undefined where the source begins. */
  readonly restored: RestoredSource | undefined;
  /** One more request; its ordinal is one more than that of the last. */
  added(request: PageRequest, extra: boolean): void;
  /** What is known to follow a request without its answer has been added. */
  preceded(ordinal: number): void;
  /** The follow-ups of a page have been added, or it has none. */
  expanded(ordinal: number): void;
  /** A request goes back on the worklist with this many attempts used. */
  attempted(ordinal: number, attempts: number): void;
  /** Follow-ups could not be added: a guard tripped, or the pager threw. */
  refused(error: SluiceError): void;
  /** Requests are left out: the cap is reached. */
  capped(): void;
}

/** Where a rejected item stood. */
export interface RejectExample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly key: string;
  readonly index: number;
  readonly message: string;
}

/** All rejects of one source that are alike. */
export interface RejectGroup {
  readonly reason: RejectReason;
  readonly field?: string | undefined;
  readonly count: number;
  readonly first: RejectExample;
  readonly last: RejectExample;
}

/** What is said of a source in figures, so that the lives of a run can be added up. */
export interface SourceFigures {
  pages: number;
  ignored: number;
  unchanged: number;
  records: number;
  read: number;
  rejected: number;
  duplicates: number;
  dropped: number;
  split: number;
  requests: number;
  retries: number;
  /** Of all bodies, decoded. */
  bytes: number;
  limiterWaitMs: number;
  processingMs: number;
  /** Status code → responses. */
  statuses: Map<number, number>;
  /** Milliseconds of its wall time by what they were spent on. */
  time: Map<TimeUse, number>;
  /** How many were dropped, by reason. */
  drops: Map<string, number>;
  /** Rules on quality that its records broke. */
  quality: QualityCounts;
  /** Names of the categories of its records, as they came. */
  categories: CategoryCounts;
  metrics: MetricsPartial;
  rejects: RejectGroup[];
}

/** What a run that goes on has behind it. */
export interface EarlierLives {
  /** Number of this life; the first was 1. */
  readonly life: number;
  /** Start of the first life, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds that the earlier lives took, as far as is known. */
  readonly elapsedMs: number;
  /** By source; nothing for one of which nothing was kept. */
  readonly sources: ReadonlyMap<string, SourceFigures>;
  /** Records that every sink has. */
  readonly records: number;
}

/** How a run came to its end. The first two can be taken up without naming the run. */
export type RunEnding = 'interrupted' | 'deadline' | 'complete' | 'partial' | 'failed';

/** What became of the rejected items and unreadable pages. */
export interface DeadLetterTally {
  /** Undefined where none is kept. */
  readonly file: string | undefined;
  readonly kept: number;
  /** Those that did not fit. */
  readonly omitted: number;
}

/**
 * Keeps what a later life of the run needs. Time is cut into epochs: what was told between two seals is kept as a whole
 * once every sink has committed it, and else it has never been.
 */
export interface RunJournal {
  readonly runId: string;
  /** What went before; undefined in the first life. */
  readonly earlier: EarlierLives | undefined;
  /** Whether a later life can take the run up. */
  readonly resumable: boolean;
  readonly source: (name: string) => SourceJournal;
  /** Where a sink is to be opened; undefined where it begins. */
  position(sink: string): SinkPosition | undefined;
  delivered(page: DeliveredPage): void;
  skipped(page: SkippedPage): void;
  failed(pages: FailedPages): void;
  /** Counts what the report counts. */
  readonly on: EventListener;
  /** Ends an epoch and returns its number. */
  seal(): number;
  /** A sink has durably got all that was delivered up to the end of `epoch`. */
  committed(sink: string, epoch: number, position: SinkPosition): void;
  readonly deadLetters: DeadLetterTally;
  /** Resolves when what was told survives a crash of the machine, or can't be made to. */
  sync(): Promise<void>;
  /**
   * The run has come to its end: all sinks are closed. `complete` are the sources of which every sink has everything: the
   * next run may ask them for what has changed since.
   */
  end(ending: RunEnding, records: number, complete: readonly string[]): Promise<void>;
  /** Keeps what people want to look at later; where it can't be kept, the user is told, and nothing is thrown. */
  keepRecord(record: RunRecord): Promise<void>;
  /** Lets go of the state folder. */
  close(): Promise<void>;
}

/** What the sinks of a run need of its journal. */
export type SinkJournal = Pick<RunJournal, 'earlier' | 'resumable' | 'position' | 'seal' | 'committed'>;
