import type { PageRequest, SluiceError } from '../../../../core/engine.ts';

/** `running` takes pages, `refused` takes none and waits for those in hand, `ended` is over. */
export type SourceStatus = 'running' | 'refused' | 'ended';

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

/** How many pages of a source may be under way. */
export interface Window {
  /** Open and not yet with the sinks. */
  readonly window: number;
  /** Of these, at most so many of its own listing. */
  readonly branching: number;
}

/** What opening pages leaves. */
export interface Left {
  readonly status: SourceStatus;
  readonly begun: boolean;
  readonly open: number;
  readonly inWork: number;
  readonly waiting: number;
}

/** What has been opened for the queue. */
export interface Sliced extends Left {
  /** Ordinals; each is a lot of its own, which is named by it. */
  readonly taken: readonly number[];
}

/** What a worker has opened for itself and, in `taken`, for the queue. */
export interface Taken extends Sliced {
  readonly pages: readonly StartedPage[];
}

/** Pages that are handed out together by the queue; a worker takes more into it. */
export interface LotInHand {
  /** The ordinal of its first page. */
  readonly lot: number;
  /** Of the page that is taken into it. */
  readonly token: string;
}

/** A page that somebody begins to work on. */
export interface StartedPage {
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
