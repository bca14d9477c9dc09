import type {
  FailedPages,
  PageRequest,
  SinkPosition,
  SkippedPage,
  SluiceError,
  TotalsState,
} from '../../../../core/engine.ts';
import type { LotInHand, OpenPage, Sliced, SourceStatus, StartedPage, Taken, Window } from './open-page.ts';
import type { LandedPage, LedgerOutcome, SinkTally } from './outcome.ts';

/** A place in the outcome stream, as Redis names it; `0` is before the first. */
export type StreamId = string;

/** One entry of the outcome stream. */
export interface StreamEntry {
  readonly id: StreamId;
  readonly outcome: LedgerOutcome;
}

/**
 * The state of one run in Redis: which pages are to be asked for, are in work and are done, what has been seen, and who
 * owns which record. Every change is one script, so it happens as a whole or not at all, and each may be made twice: the
 * second time changes nothing. Methods wait while Redis is away; they reject only for what Redis refuses.
 */
export interface RunLedger {
  readonly runId: string;
  source(name: string): SourceLedger;
  /**
   * Makes pages done, and with them how far the sinks have got: all of them or, where one is not the session's any more
   * or Redis has forgotten an earlier call, none. Whoever is refused must give up the session.
   */
  acknowledge(ack: Acknowledgement): Promise<Acknowledged>;
  /** Tells figures that belong to no page. */
  tell(figures: readonly LedgerOutcome[]): Promise<void>;
  /** Entries behind `after`, oldest first; none where there are none, without waiting. */
  outcomes(after: StreamId, most: number): Promise<readonly StreamEntry[]>;
  /** How many of its sources have ended. */
  endedSources(): Promise<number>;
  /** Entries that nobody has folded yet. */
  backlogOfOutcomes(): Promise<number>;
  /** Up to where the stream has been folded and cut off. */
  foldedTo(): Promise<StreamId>;
  /** What a fold of the stream has come to; undefined before the first. */
  checkpoint(): Promise<Checkpoint | undefined>;
  /**
   * Keeps a fold, and cuts off what it holds; false where somebody else has kept one since `from`, the place up to which
   * the fold before it went: then nothing is changed.
   */
  keepCheckpoint(from: StreamId, to: StreamId, state: Buffer): Promise<boolean>;
  /** How far each part of a sink's output is acknowledged: session → sink → position. */
  parts(): Promise<ReadonlyMap<string, ReadonlyMap<string, SinkPosition>>>;
  /** Takes the duty `name` for `ms` milliseconds, or goes on having it; false while another has it. */
  duty(name: string, holder: string, ms: number): Promise<boolean>;
  /** Removes everything, or lets it expire after `keepMs` milliseconds. */
  forget(keepMs?: number): Promise<void>;
}

/** A fold of the outcome stream up to an entry. */
export interface Checkpoint {
  readonly id: StreamId;
  readonly state: Buffer;
}

/** How a page adds to the totals; see `createTotals`. */
export interface TotalsShare {
  readonly items: number;
  /** What the page declares as the number of all items. */
  readonly total: number | undefined;
  /** The page begins a listing that has a total of its own; undefined where there is one listing. */
  readonly opens: boolean | undefined;
  /** Name of the dependent resource that it belongs to. */
  readonly child: string | undefined;
}

/** A page that is written. */
export interface DonePage {
  readonly source: string;
  readonly page: OpenPage;
  readonly totals: TotalsShare;
  readonly outcome: LandedPage;
}

/** What a session of a worker wants acknowledged at once. */
export interface Acknowledgement {
  readonly session: string;
  /** 1 for the session's first, and one more each time. */
  readonly number: number;
  readonly worker: string;
  readonly pages: readonly DonePage[];
  readonly sinks: Readonly<Record<string, SinkTally>>;
  /** How far each sink has durably got with these pages, where that is to be kept. */
  readonly positions: Readonly<Record<string, SinkPosition>>;
}

export type Acknowledged = { readonly taken: true; readonly pages: readonly TakenPage[] } | { readonly taken: false };

/** What the ledger says of a page when it has taken it. */
export interface TakenPage {
  /** Pages in a row of its listing that held items and nothing new. */
  readonly stale: number;
  readonly totals: TotalsState;
  /** Nothing of its source is in work or waits: it may be at its end. */
  readonly atRest: boolean;
}

/** Where a source stands. */
export interface SourceStanding {
  /** Changes with all that bears on the end of the source. */
  readonly signature: string;
  readonly status: SourceStatus;
  /** Why it takes no more pages. */
  readonly error: SluiceError | undefined;
  /** The first requests are there. */
  readonly begun: boolean;
  /** Requests ever added, and those of them that belong to its own listing. */
  readonly added: number;
  readonly addedToOwn: number;
  /** Requests were left out, because there are as many as may be. */
  readonly capped: boolean;
  /** The request of its own listing that was added last. */
  readonly last: PageRequest | undefined;
  /** Requests that wait in Redis. */
  readonly waiting: number;
  /** Requests in the queue or in work, and those of them that are in work. */
  readonly open: number;
  readonly inWork: number;
  readonly delivered: number;
  readonly skipped: number;
  /** Pages that will not come, and listings that ended before their end. */
  readonly failed: number;
  /** No more extra pages: one has failed or held nothing new. */
  readonly extrasEnded: boolean;
  readonly totals: TotalsState;
}

/** A request to be added, with what it is known by; see `requestHashes`. */
export interface NewRequest {
  readonly request: PageRequest;
  readonly hashes: readonly [key: bigint, target: bigint];
  /** Of a dependent listing; undefined for the source's own. */
  readonly listing: string | undefined;
  /** The first of a dependent listing: left out in silence where it was asked for before. */
  readonly opens: boolean;
}

/**
 * What requests are added for: `first` of the source, `ahead` of a page, `next` after it, `open` the listings that hang
 * from it. Each is done once for each page, whoever does it again.
 */
export type AddReason = 'first' | 'ahead' | 'next' | 'open';

export interface AddOptions {
  readonly reason: AddReason;
  /** The page that they follow; undefined for `first`. */
  readonly ordinal?: number;
  readonly maxPages: number;
}

/**
 * `over`: the page is done, or the source has ended; `loop`: the request at `at` was asked for before; `cap`: the one at
 * `at` is beyond the cap of its dependent listing. Those before it are added.
 */
export interface Added {
  readonly state: 'added' | 'over' | 'loop' | 'cap';
  readonly at: number;
}

/** `undecided`: a page that owns some of it is not done yet, and may still give it back. */
export type Claimed =
  | { readonly state: 'yours' }
  | { readonly state: 'duplicates'; readonly ids: BigUint64Array<ArrayBuffer>; readonly undecided: boolean }
  | { readonly state: 'loop'; readonly undecided: boolean }
  /** The page is another's now. */
  | { readonly state: 'stale' };

/** The part of the ledger that is of one source. What is told of a page that is another's now answers false. */
export interface SourceLedger {
  readonly name: string;
  standing(): Promise<SourceStanding>;
  /** Puts requests on what waits. */
  add(requests: readonly NewRequest[], options: AddOptions): Promise<Added>;
  /**
   * Adds the page after the last, at a total that does not add up, or notes that there is none; false where anything has
   * changed since `standing`.
   */
  addExtra(request: NewRequest, standing: SourceStanding, maxPages: number): Promise<boolean>;
  /** Opens pages that wait, for the queue, as many as the window has room for. */
  slice(window: Window): Promise<Sliced>;
  /**
   * Opens at most one page for each of these lots, which this worker has, and begins the work on it; then at most
   * `forQueue` others, for the queue.
   */
  take(lots: readonly LotInHand[], forQueue: number, window: Window): Promise<Taken>;
  /** Lots that have open pages and no job. */
  orphans(): Promise<readonly number[]>;
  /**
   * Begins the work on the pages of a lot that has come out of the queue; `token` is a new one each time. None where they
   * are done, or the source takes no more.
   */
  start(lot: number, token: string): Promise<readonly StartedPage[]>;
  /** Notes that a page is being processed: should the worker die now, it may be by this page. A claim ends that. */
  suspect(page: OpenPage): Promise<void>;
  /** Keeps the attempts that a page has used. */
  attempted(page: OpenPage, attempts: number): Promise<boolean>;
  /** Claims the bytes of a page (undefined where they tell nothing: no items) and its records, by the hashes of their ids. */
  claim(page: OpenPage, bytesHash: bigint | undefined, ids: BigUint64Array): Promise<Claimed>;
  /** Lets go of a page that somebody else is to do, and takes back the life that it has cost. */
  release(page: OpenPage): Promise<boolean>;
  /** Ends a page that has no records: it will not come, or a response rule has settled it. */
  settle(page: OpenPage, outcome: FailedPages | SkippedPage): Promise<boolean>;
  /** Ends a dependent listing before its end; only the first call counts. `counted`: as a page that will not come. */
  lose(listing: string, error: SluiceError, counted: boolean): Promise<void>;
  /** No more pages are taken; only the first call counts. */
  refuse(error: SluiceError): Promise<void>;
  /** Ends the source, with what is told of it; false where anything has changed since `standing`. */
  end(standing: SourceStanding, outcomes: readonly LedgerOutcome[]): Promise<boolean>;
}
