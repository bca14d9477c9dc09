import type {
  CursorValue,
  DeliveredPage,
  FailedPages,
  SkippedPage,
  SourceEnded,
  SourceNotice,
} from '../../../../core/engine.ts';
import type { TimeSpent } from '../../../../core/engine.ts';

/** A page whose records a worker has written to every sink; in the stream once, whoever worked on it how often. */
export interface LandedPage extends Omit<DeliveredPage, 'kind' | 'batch' | 'receipt' | 'release'> {
  readonly kind: 'landed';
  readonly source: string;
  readonly key: string;
  readonly records: number;
  /** The first few records that its worker had of the source, as JSON; clean. Default: none of this page. */
  readonly samples?: readonly string[];
  /** The latest value of the source's cursor field, where it declares one. */
  readonly cursor?: CursorValue;
}

/** What one sink was given between two acknowledgements of one worker; all of it is committed. */
export interface SinkTally {
  readonly records: number;
  readonly bytes: number;
  /** Milliseconds that its writes took. */
  readonly ms: number;
  /** Records that its filter kept from it. */
  readonly filtered: number;
}

/** Comes with the pages that it is about. */
export interface SinksTold {
  readonly kind: 'sinks';
  readonly worker: string;
  readonly sinks: Readonly<Record<string, SinkTally>>;
}

/** What the requests of a source were, on one worker, since it told last: at most once a second. */
export interface WorkerFigures {
  readonly kind: 'figures';
  readonly worker: string;
  readonly source: string;
  /** Attempts on the wire. */
  readonly requests: number;
  readonly retries: number;
  /** Of all bodies, decoded. */
  readonly bytes: number;
  readonly limiterWaitMs: number;
  /** Status code → responses. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly time: TimeSpent;
  /** Milliseconds that answers took, to two digits → how many. */
  readonly latencies: ReadonlyMap<number, number>;
}

/** What workers tell whoever makes the report, in the order in which the ledger took it. */
export type LedgerOutcome =
  | LandedPage
  | FailedPages
  | SkippedPage
  | SourceNotice
  | SourceEnded
  | SinksTold
  | WorkerFigures;
