import type { SourceJournal } from '../contracts/journal.ts';
import type { PageRequest } from '../contracts/page.ts';
import { SluiceError } from '../errors.ts';
import { redactUrl } from '../redact.ts';
import { createIdSet } from './id-set.ts';
import type { Listing, Listings } from './listing.ts';
import { createPlainHref } from './plain-href.ts';

/** A request on its way through the run. */
export interface WorkItem {
  /** Place in the order in which requests were added, from 0. */
  readonly ordinal: number;
  readonly request: PageRequest;
  readonly listing: Listing;
  /** Attempts already used, by earlier turns on the worklist. */
  readonly attempts: number;
  /** Its follow-ups are on the worklist already, from an earlier turn. */
  readonly expanded: boolean;
  /** Taken for the first time: what is known to follow it is not on the worklist yet. */
  readonly fresh: boolean;
  /** Asked for only because the items did not add up to the total: its failure costs no page. */
  readonly extra: boolean;
}

/** What is still to be asked of one source. Refuses what would loop, leave the origin, or never end. */
export interface Worklist {
  /**
   * Adds requests, up to the cap: at the end, those of dependent listings before all others. Throws `pagination_loop`
   * for a key or URL that was there before, and `cross_origin` for another origin; those before the offender stay
   * added.
   */
  add(listing: Listing, requests: readonly PageRequest[], extra?: boolean): void;
  /**
   * Adds the first requests of a dependent listing; those that were asked for before, for another parent or in an
   * earlier turn of this one, are left out. Throws as `add` does.
   */
  open(listing: Listing): void;
  /** Puts an item back at the front: it was first in line before. */
  putBack(item: WorkItem): void;
  /** The next one; with `hangingOnly`, none of the source's own listing but those that were put back. */
  take(hangingOnly?: boolean): WorkItem | undefined;
  readonly pending: number;
  /** Requests ever added, and how many of them to the source's own listing. */
  readonly added: number;
  readonly addedToOwn: number;
  /** Requests were left out, because there are as many as may be. */
  readonly capped: boolean;
  /** The request added last to the source's own listing: the furthest one that is known. */
  readonly last: PageRequest | undefined;
}

export interface WorklistOptions {
  readonly baseUrl: string;
  readonly listings: Listings;
  /** Of the source's own listing, and of each that hangs from an item. */
  readonly maxPages: number;
  readonly hash: (text: string) => bigint;
  readonly journal: SourceJournal;
}

export function createWorklist({ baseUrl, listings, maxPages, hash, journal }: WorklistOptions): Worklist {
  const { origin } = new URL(baseUrl);
  const plainHref = createPlainHref(baseUrl);
  const { restored } = journal;
  // Hashes instead of the keys themselves: a source may have millions of pages.
  const seen = restored?.seen ?? createIdSet();
  const returned: WorkItem[] = [];
  let queue: WorkItem[] = [];
  // A stack, worked off before the queue: what hangs from an item is done before more items are asked for, so that
  // what waits stays bounded however many items there are.
  const hanging: WorkItem[] = [];
  const listingOf = listings.restore(restored?.pending ?? []);
  for (const request of restored?.pending ?? []) {
    const item = { ...request, listing: listingOf(request.request) };
    (item.listing === listings.own ? queue : hanging).push(item);
  }
  let head = 0;
  let added = restored?.added ?? 0;
  let addedToOwn = added - (restored?.addedOfChildren ?? 0);
  // What was left out by an earlier life is not known any more, however high the cap is now.
  let capped = restored?.capped ?? false;
  let last: PageRequest | undefined = restored?.last;

  /** Checks a request, and marks it as seen; says whether it is new. */
  function isNew(request: PageRequest): boolean {
    const [key, target] = requestHashes(request, plainHref(request.url) ?? hrefWithin(request.url), hash);
    const newKey = seen.add(key);
    const newTarget = seen.add(target);
    return newKey && newTarget;
  }

  function hrefWithin(target: string): string {
    const url = resolveUrl(baseUrl, target);
    if (url.origin !== origin) throw crossOrigin(url, origin);
    return url.href;
  }

  function put(listing: Listing, request: PageRequest, extra: boolean): WorkItem {
    listing.added += 1;
    added += 1;
    if (listing.child === undefined) {
      addedToOwn += 1;
      last = request;
    }
    journal.added(request, extra);
    return { ordinal: added - 1, request, listing, attempts: 0, fresh: true, expanded: false, extra };
  }

  function addHanging(listing: Listing, requests: readonly PageRequest[], opens: boolean): void {
    const items: WorkItem[] = [];
    try {
      for (const [index, made] of requests.entries()) {
        const first = opens && index === 0 ? { first: true as const } : {};
        const request = listing.child === undefined ? made : { ...made, child: { ...listing.child, ...first } };
        if (listing.added >= maxPages) throw capReached(maxPages);
        if (isNew(request)) items.push(put(listing, request, false));
        else if (!opens) throw askedBefore(resolveUrl(baseUrl, request.url));
      }
    } finally {
      hanging.push(...items.toReversed());
    }
  }

  return {
    add(listing, requests, extra = false) {
      if (listing.child !== undefined) return addHanging(listing, requests, false);
      for (const request of requests) {
        if (addedToOwn >= maxPages) {
          if (!capped) journal.capped();
          capped = true;
          return;
        }
        if (!isNew(request)) throw askedBefore(resolveUrl(baseUrl, request.url));
        queue.push(put(listing, request, extra));
      }
    },
    open: (listing) => addHanging(listing, listing.pager.first(), true),
    putBack(item) {
      returned.push({ ...item, fresh: false });
      if (item.attempts > 0) journal.attempted(item.ordinal, item.attempts);
    },
    take(hangingOnly = false) {
      const again = returned.pop() ?? hanging.pop();
      if (again !== undefined || hangingOnly) return again;
      const item = queue[head];
      if (item === undefined) return undefined;
      head += 1;
      // Taking from the front of a long array is slow; the taken part, which the array keeps alive, is cut off once it is
      // the larger one. Sooner than that each would be copied often, later a thousand sources hold what nobody needs.
      if (head > 16 && head * 2 > queue.length) {
        queue = queue.slice(head);
        head = 0;
      }
      return item;
    },
    get pending() {
      return returned.length + hanging.length + queue.length - head;
    },
    get capped() {
      return capped;
    },
    get added() {
      return added;
    },
    get addedToOwn() {
      return addedToOwn;
    },
    get last() {
      return last;
    },
  };
}

/** The error for a listing that has more pages than it may have. */
export function capReached(maxPages: number): SluiceError {
  const text = `more than ${maxPages} pages; raise maxPages if that many are expected`;
  return new SluiceError('page_cap_reached', text);
}

/** The error for a request that was made before. */
export function askedBefore(url: URL): SluiceError {
  return new SluiceError('pagination_loop', 'a page that was asked for before is asked for again', {
    url: redactUrl(url),
  });
}

/** The error for a request that would leave the origin of its source. */
export function crossOrigin({ origin }: URL, own: string): SluiceError {
  return new SluiceError('cross_origin', `the next page is at another origin, ${origin}; only ${own} is asked`);
}

/** What a request is known again by: its key, and what the upstream is asked by. */
export function requestHashes(
  { key, method = 'GET', body = '', headers = {} }: PageRequest,
  href: string,
  hash: (text: string) => bigint,
): readonly [key: bigint, target: bigint] {
  // Some upstreams page by a header, some by the body of a POST.
  return [hash(`key ${key}`), hash(`${method} ${href} ${body} ${JSON.stringify(headers)}`)];
}

/** A path goes behind the base URL, whatever path that has itself; an absolute URL stands as it is. */
export function resolveUrl(baseUrl: string, url: string): URL {
  return url.startsWith('/') && !url.startsWith('//')
    ? new URL(baseUrl.replace(/\/+$/, '') + url)
    : new URL(url, baseUrl);
}
