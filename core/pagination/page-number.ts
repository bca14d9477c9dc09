import type { Pager } from '../contracts/pager.ts';
import { countedPager } from './counted.ts';
import { listingRequest } from './listing-request.ts';
import type { ListingOptions } from './options.ts';
import { checkCountSource, checkLimit, checkListing, checkLookahead, checkWhole } from './options.ts';
import type { CountSource } from './total.ts';
import { countNeeds, countReader, readCount } from './total.ts';

/** Options of `pagePagination`. */
export interface PageNumberOptions extends ListingOptions {
  /** Items a page, at least 1. It must be one that the API honours: pages are counted by it. */
  readonly limit: number;
  /** Parameter that carries the page's number. Default `page`. */
  readonly pageParam?: string;
  /** Parameter that carries the limit; false where the API's pages are of that size anyway. Default `limit`. */
  readonly limitParam?: string | false;
  /** Number of the first page. Default 1. */
  readonly firstPage?: number;
  /** Where the API declares the number of all items. Default: nowhere. */
  readonly total?: CountSource;
  /** Where the API declares the number of pages; goes before what the total gives. Default: nowhere. */
  readonly totalPages?: CountSource;
  /**
   * Pages after the first that are asked for along with it, before it is known whether they are there, 0 to 32. Hides the
   * answer time of the first page; where nothing declares how many there are, as many stay under way instead of one. At most so
   * many requests more than the listing has pages. Needs an API that answers past its end with an empty page. Default 0.
   */
  readonly lookahead?: number;
}

/**
 * Pages asked for by number. Without a declared total or number of pages, a page shorter than the limit ends
 * the listing. Throws `plugin_invalid` for options that cannot work.
 */
export function pagePagination(options: PageNumberOptions): Pager {
  const { limit, pageParam = 'page', limitParam = 'limit', firstPage = 1, total, totalPages, lookahead = 0 } = options;
  checkListing('pagePagination', options, [pageParam, limitParam]);
  checkLimit('pagePagination', limit);
  checkWhole('pagePagination', 'firstPage', firstPage, 0);
  checkLookahead('pagePagination', lookahead);
  checkCountSource('pagePagination', 'total', total);
  checkCountSource('pagePagination', 'totalPages', totalPages);

  const items = countReader(total);
  const pages = countReader(totalPages);
  const { inBody, inHeaders } = items;

  return countedPager({
    style: 'page',
    limit,
    lookahead,
    needs: countNeeds(items, pages),
    ...(inBody && { totalInBody: inBody }),
    ...(inHeaders && { totalInHeaders: inHeaders }),
    request: (position) =>
      listingRequest(options, {
        ...(limitParam !== false && { [limitParam]: limit }),
        [pageParam]: firstPage + position,
      }),
    pageCount(first) {
      const declared = readCount(pages, first);
      if (declared !== undefined) return declared;
      const all = readCount(items, first);
      return all === undefined ? undefined : Math.ceil(all / limit);
    },
  });
}
