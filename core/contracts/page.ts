import type { ChildOf } from './child.ts';
import type { JsonObject } from './json.ts';

/** One request for one page: plain data, so that a worklist can be journaled or handed to another machine. */
export interface PageRequest {
  /** Stable name of the page within its source: asked for at most once a run. */
  readonly key: string;
  /** Absolute URL, or a path relative to the source's base URL. */
  readonly url: string;
  /** Default GET. */
  readonly method?: 'GET' | 'POST';
  /** Beside the source's own headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Body of a POST, already serialised. */
  readonly body?: string;
  /** What the pager wants to know again when the page comes back. */
  readonly state?: JsonObject;
  /** The dependent listing that it belongs to, and whether it begins it. The run sets this, no pager does. */
  readonly child?: ChildOf & { readonly first?: true };
}

/** A page as the upstream sent it. */
export interface FetchedPage {
  readonly request: PageRequest;
  readonly status: number;
  /** Lower-case names; a header that came twice is joined by ', '. */
  readonly headers: Readonly<Record<string, string>>;
  /** The URL that answered, after redirects. */
  readonly url: string;
  /** The body parsed on the main thread, on the first call only. Throws `malformed_json`. */
  json(): unknown;
  /** How many items the page held: from the worker's verdict where it is in, else counted on the main thread. */
  itemCount(): number;
}
