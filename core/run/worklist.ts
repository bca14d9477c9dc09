import type { SourceJournal } from '../contracts/journal.ts';
import type { PageRequest } from '../contracts/page.ts';
import { SluiceError } from '../errors.ts';
import { redactUrl } from '../redact.ts';
import { createIdSet } from './id-set.ts';

/** A request on its way through the run. */
export interface WorkItem {
  /** Place in the order in which requests were added, from 0. */
  readonly ordinal: number;
  readonly request: PageRequest;
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
   * Adds requests at the end, up to the cap. Throws `pagination_loop` for a key or URL that was there before, and
   * `cross_origin` for another origin; those before the offender stay added.
   */
  add(requests: readonly PageRequest[], extra?: boolean): void;
  /** Puts an item back at the front: it was first in line before. */
  putBack(item: WorkItem): void;
  take(): WorkItem | undefined;
  readonly pending: number;
  /** Requests ever added. */
  readonly added: number;
  /** Requests were left out, because there are as many as may be. */
  readonly capped: boolean;
  /** The request added last: the furthest one that is known. */
  readonly last: PageRequest | undefined;
}

export interface WorklistOptions {
  readonly baseUrl: string;
  readonly maxPages: number;
  readonly hash: (text: string) => bigint;
  readonly journal: SourceJournal;
}

export function createWorklist({ baseUrl, maxPages, hash, journal }: WorklistOptions): Worklist {
  const { origin } = new URL(baseUrl);
  const { restored } = journal;
  // Hashes instead of the keys themselves: a source may have millions of pages.
  const seen = restored?.seen ?? createIdSet();
  const returned: WorkItem[] = [];
  let queue: WorkItem[] = [...(restored?.pending ?? [])];
  let head = 0;
  let added = restored?.added ?? 0;
  // What was left out by an earlier life is not known any more, however high the cap is now.
  let capped = restored?.capped ?? false;
  let last: PageRequest | undefined = restored?.last;

  function admit(request: PageRequest): void {
    const url = resolveUrl(baseUrl, request.url);
    if (url.origin !== origin) {
      throw new SluiceError(
        'cross_origin',
        `the next page is at another origin, ${url.origin}; only ${origin} is asked`,
      );
    }
    const [key, target] = requestHashes(request, url, hash);
    const newKey = seen.add(key);
    const newTarget = seen.add(target);
    if (!newKey || !newTarget) {
      throw new SluiceError('pagination_loop', 'a page that was asked for before is asked for again', {
        url: redactUrl(url),
      });
    }
    added += 1;
    last = request;
  }

  return {
    add(requests, extra = false) {
      for (const request of requests) {
        if (added >= maxPages) {
          if (!capped) journal.capped();
          capped = true;
          return;
        }
        admit(request);
        queue.push({ ordinal: added - 1, request, attempts: 0, fresh: true, expanded: false, extra });
        journal.added(request, extra);
      }
    },
    putBack(item) {
      returned.push({ ...item, fresh: false });
      if (item.attempts > 0) journal.attempted(item.ordinal, item.attempts);
    },
    take() {
      const again = returned.pop();
      if (again !== undefined) return again;
      const item = queue[head];
      if (item === undefined) return undefined;
      head += 1;
      // Taking from the front of a long array is slow; the taken part is cut off once it is the larger one.
      if (head > 1024 && head * 2 > queue.length) {
        queue = queue.slice(head);
        head = 0;
      }
      return item;
    },
    get pending() {
      return returned.length + queue.length - head;
    },
    get capped() {
      return capped;
    },
    get added() {
      return added;
    },
    get last() {
      return last;
    },
  };
}

/** What a request is known again by: its key, and what the upstream is asked by. */
export function requestHashes(
  { key, method = 'GET', body = '', headers = {} }: PageRequest,
  url: URL,
  hash: (text: string) => bigint,
): readonly [key: bigint, target: bigint] {
  // Some upstreams page by a header, some by the body of a POST.
  return [hash(`key ${key}`), hash(`${method} ${url.href} ${body} ${JSON.stringify(headers)}`)];
}

/** A path goes behind the base URL, whatever path that has itself; an absolute URL stands as it is. */
export function resolveUrl(baseUrl: string, url: string): URL {
  return url.startsWith('/') && !url.startsWith('//')
    ? new URL(baseUrl.replace(/\/+$/, '') + url)
    : new URL(url, baseUrl);
}
