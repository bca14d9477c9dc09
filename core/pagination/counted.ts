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
}

/**
 * The walk that offset and page-number listings share. With a known count all pages go on the worklist
 * after the first, by slices: when the first request of a slice is taken, the next slice is added, so that it
 * is there well before this one runs dry, and whatever becomes of that request. Without a count, each full
 * page asks for the page after it.
 */
export function countedPager(listing: CountedListing): Pager {
  const at = (place: Place): PageRequest => pageRequest({ ...listing.request(place.position), state: { ...place } });

  function slice(start: number, pages: number): PageRequest[] {
    const length = Math.max(0, Math.min(sliceLength, pages - start));
    return Array.from({ length }, (_, index) => at({ position: start + index, pages }));
  }

  const { style, limit, needs, totalInBody, totalInHeaders } = listing;
  return {
    style,
    limit,
    needs,
    ...(totalInBody && { totalInBody }),
    ...(totalInHeaders && { totalInHeaders }),
    first: () => [at({ position: 0 })],
    next(page) {
      const place = placeOf(page.request);
      if (place.pages !== undefined) return [];
      const pages = place.position === 0 ? listing.pageCount(page) : undefined;
      if (pages !== undefined) return slice(1, pages);
      return page.itemCount() < limit ? [] : [at({ position: place.position + 1 })];
    },
    ahead(request) {
      const { position, pages } = placeOf(request);
      const headsSlice = (position - 1) % sliceLength === 0;
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
  const { position, pages } = state ?? {};
  if (typeof position !== 'number' || (pages !== undefined && typeof pages !== 'number')) {
    throw new SluiceError('internal_error', `the request ${key} was not made by the pager that is asked about it`);
  }
  return { position, ...(pages === undefined ? {} : { pages }) };
}
