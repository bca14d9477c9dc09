import type { FetchedPage, PageRequest } from '../contracts/page.ts';
import type { Pager } from '../contracts/pager.ts';
import { SluiceError } from '../errors.ts';
import type { PageRequestOptions } from './page-request.ts';
import { pageRequest } from './page-request.ts';

/**
 * Most requests that one page adds to the worklist: its memory, 300 bytes a request, stays flat whatever total is declared.
 * Few will do, as each slice is there before the one ahead of it is asked for.
 */
export const sliceLength = 25;

/** A listing whose pages can be asked for by position, in any order. */
export interface CountedListing {
  readonly style: Extract<Pager['style'], 'offset' | 'page'>;
  readonly limit: number;
  readonly needs: Pager['needs'];
  /** Pages after the first that are asked for before it is known whether they are there. */
  readonly lookahead: number;
  readonly totalInBody?: Pager['totalInBody'];
  readonly totalInHeaders?: Pager['totalInHeaders'];
  /** What to ask for to get the page at `position`, 0 being the first. */
  request(position: number): PageRequestOptions;
  /** How many pages there are in all, as the first page says; undefined where it says nothing usable. */
  pageCount(first: FetchedPage): number | undefined;
}

/** What a request carries: where it stands and, once that is known, how many pages there are in all. */
interface Place {
  readonly position: number;
  readonly pages?: number;
  /** Asked for along with the first page, which knows what comes after it. */
  readonly led?: true;
  /** How far on the page is that this one asks for; 1 where it is left out. */
  readonly stride?: number;
}

/**
 * The walk that offset and page-number listings share. With a known count all pages go on the worklist
 * after the first, by slices: when the first request of a slice is taken, the next slice is added, so that it
 * is there well before this one runs dry, and whatever becomes of that request. Without a count, each full
 * page asks for the page after it.
 *
 * With a lookahead of N, the pages 1 to N are asked for along with the first. Where a count is declared they lead nowhere:
 * the first page does, from N + 1 on. Where none is, each full page asks for the one N + 1 further on, so that as many are
 * always under way; the end is known by the pages that are not full, and at most N past it have been asked for. Either way
 * what follows hangs on the request and its own page alone, and no page is asked for by two others.
 */
export function countedPager(listing: CountedListing): Pager {
  const at = (place: Place): PageRequest => pageRequest({ ...listing.request(place.position), state: { ...place } });

  function slice(start: number, pages: number): PageRequest[] {
    const length = Math.max(0, Math.min(sliceLength, pages - start));
    return Array.from({ length }, (_, index) => at({ position: start + index, pages }));
  }

  const { style, limit, needs, lookahead, totalInBody, totalInHeaders } = listing;
  const isCounted = needs !== 'items';

  /** A page of those that are asked for first. */
  function early(position: number): PageRequest {
    if (lookahead === 0) return at({ position });
    if (!isCounted) return at({ position, stride: lookahead + 1 });
    return at(position === 0 ? { position } : { position, led: true });
  }

  return {
    style,
    limit,
    needs,
    ...(lookahead > 0 && { lookahead }),
    ...(totalInBody && { totalInBody }),
    ...(totalInHeaders && { totalInHeaders }),
    first: () => Array.from({ length: lookahead + 1 }, (_, position) => early(position)),
    next(page) {
      const { position, pages, led = false, stride } = placeOf(page.request);
      if (led || pages !== undefined) return [];
      const begins = position === 0;
      const found = begins ? listing.pageCount(page) : undefined;
      const after = begins && isCounted ? lookahead + 1 : position + (stride ?? 1);
      if (found !== undefined) return slice(after, found);
      if (page.itemCount() < limit) return [];
      return [at({ position: after, ...(stride !== undefined && { stride }) })];
    },
    ahead(request) {
      const { position, pages } = placeOf(request);
      const headsSlice = (position - 1 - lookahead) % sliceLength === 0;
      return headsSlice && pages !== undefined ? slice(position + sliceLength, pages) : [];
    },
    following(request) {
      // It counts as the last one: whether to go further still is the caller's to say, not the page's.
      const position = placeOf(request).position + 1;
      return at({ position, pages: position + 1 });
    },
  };
}

function placeOf({ key, state }: PageRequest): Place {
  const { position, pages, led, stride } = state ?? {};
  const isOwn = typeof position === 'number' && isCount(pages) && isCount(stride);
  if (!isOwn) {
    throw new SluiceError('internal_error', `the request ${key} was not made by the pager that is asked about it`);
  }
  return {
    position,
    ...(pages !== undefined && { pages }),
    ...(led === true && { led }),
    ...(stride !== undefined && { stride }),
  };
}

function isCount(value: unknown): value is number | undefined {
  return value === undefined || typeof value === 'number';
}
