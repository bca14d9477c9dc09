import type { UnknownBody } from './json.ts';
import type { FetchedPage, PageRequest } from './page.ts';

/** The ways to walk through a listing, for people to read. */
export type PagerStyle = 'single' | 'offset' | 'page' | 'cursor' | 'link' | 'next-url' | 'window' | 'custom';

/**
 * What a source asks for, as two pure functions: the same page gives the same follow-ups, in this process, after a
 * resume, or on another machine. It never asks itself.
 */
export interface SourceAdapter {
  /** How it walks, for people. Default `custom`. */
  readonly style?: PagerStyle;
  /** The most items a page may hold; more means that the upstream ignored the paging. Default: not checked. */
  readonly limit?: number;
  /**
   * What `next` looks at, and so when it is called and whether its follow-ups wait. Default `body`.
   * - `headers`: called as soon as the page is there; follow-ups start at once, and that there are none counts once the
   *   worker has read the body;
   * - `body`: at once too (`json()` parses on the main thread); follow-ups start at once where the body holds a list of
   *   items no longer than the limit, and else wait for the worker's verdict on it;
   * - `items`: after the verdict, which knows `itemCount()` without a parse on the main thread.
   */
  readonly needs?: 'headers' | 'body' | 'items';
  /** Of the requests of `first`, those that are made before it is known whether there are such pages. Default 0. */
  readonly lookahead?: number;
  first(): readonly PageRequest[];
  next(page: FetchedPage): readonly PageRequest[];
  /**
   * More requests that are known without any answer: asked for when `request` is taken off the worklist. Lets a
   * source of a million known pages stand on the worklist a slice at a time.
   */
  ahead?(request: PageRequest): readonly PageRequest[];
  /** Reads the declared number of items from a body. Runs in the worker on every page; anything may come back. */
  totalInBody?(body: UnknownBody): unknown;
  /**
   * Whether a request begins a listing with a total of its own: the totals of all listings are then added up. Default:
   * there is one listing, and the last total that was declared counts.
   */
  opens?(request: PageRequest): boolean;
  /** Reads the declared number of items from headers. */
  totalInHeaders?(headers: Readonly<Record<string, string>>): unknown;
  /** The page right after `request`: asked for when the items do not add up to the declared total. */
  following?(request: PageRequest): PageRequest | undefined;
}

/** A ready-made adapter for one style of pagination. */
export interface Pager extends SourceAdapter {
  readonly style: PagerStyle;
  readonly needs: 'headers' | 'body' | 'items';
}
