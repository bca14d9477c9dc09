import type {
  FailedPages,
  PageRequest,
  SinkPosition,
  SkippedPage,
  SluiceError,
  TotalsState,
} from '../../../../core/engine.ts';
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

/** A page that somebody has in work. */
export interface OpenPage {
  /** Place in the order in which the source's requests were added, from 0. */
  readonly ordinal: number;
  /** Unique for each start of the page: who shows another one has lost it. */
  readonly token: string;
  readonly request: PageRequest;
  /** Asked for only because the items did not add up to the total: its failure costs no page. */
  readonly extra: boolean;
  /** Of a dependent resource; undefined for the source's own. See `listingName`. */
  readonly listing: string | undefined;
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

export type Acknowledged =
  /** `stale`: pages in a row of the page's listing that held items and nothing new. */
  | { readonly taken: true; readonly pages: readonly { readonly stale: number; readonly totals: TotalsState }[] }
  | { readonly taken: false };

/** `running` takes pages, `refused` takes none and waits for those in hand, `ended` is over. */
export type SourceStatus = 'running' | 'refused' | 'ended';

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

/** What has been opened, and what that leaves. */
export interface Sliced {
  /** Ordinals for the queue. */
  readonly taken: readonly number[];
  readonly status: SourceStatus;
  readonly begun: boolean;
  readonly open: number;
  readonly inWork: number;
  readonly waiting: number;
}

/** What may be done with a page that has come out of the queue. */
export type Started =
  | {
      readonly state: 'yours';
      readonly page: OpenPage;
      /** Attempts already used. */
      readonly attempts: number;
      /** What goes ahead of it is there already; so are its follow-ups. */
      readonly preceded: boolean;
      readonly expanded: boolean;
      /** How often it was started and not let go of, and how often of these its worker was gone while it was processed. */
      readonly lives: number;
      readonly deaths: number;
      /** Why nothing more is asked of its dependent listing. */
      readonly lostBy: SluiceError | undefined;
    }
  /** Done, or of a source that takes no more: nothing is left to do. */
  | { readonly state: 'over' };

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
  /**
   * Opens pages that wait, for the queue: so that at most `window` are open and not yet with the sinks, and at most
   * `branching` of these of its own listing.
   */
  slice(window: number, branching: number): Promise<Sliced>;
  /** Pages that are open and have no job. */
  orphans(): Promise<readonly number[]>;
  /** Begins the work on a page; `token` is a new one each time. */
  start(ordinal: number, token: string): Promise<Started>;
  /** Notes that a page is being processed: should the worker die now, it may be by this page. A claim takes it back. */
  suspect(page: OpenPage): Promise<boolean>;
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
