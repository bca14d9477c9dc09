import type { Pager } from '../contracts/pager.ts';
import { countedPager } from './counted.ts';
import type { ListingOptions } from './options.ts';
import { checkCountSource, checkLimit, checkListing, checkWhole } from './options.ts';
import type { CountSource } from './total.ts';
import { countNeeds, countReader, readCount } from './total.ts';

/** Options of `pagePagination`. */
export interface PageNumberOptions extends ListingOptions {
  /** Items a page, at least 1. It must be one that the API honours: pages are counted by it. */
  readonly limit: number;
  /** Query parameter that carries the page's number. Default `page`. */
  readonly pageParam?: string;
  /** Query parameter that carries the limit. Default `limit`. */
  readonly limitParam?: string;
  /** Number of the first page. Default 1. */
  readonly firstPage?: number;
  /** Where the API declares the number of all items. Default: nowhere. */
  readonly total?: CountSource;
  /** Where the API declares the number of pages; goes before what the total gives. Default: nowhere. */
  readonly totalPages?: CountSource;
}

/**
 * Pages asked for by number. Without a declared total or number of pages, a page shorter than the limit ends
 * the listing. Throws `plugin_invalid` for options that cannot work.
 */
export function pagePagination(options: PageNumberOptions): Pager {
  const { path, query, limit, pageParam = 'page', limitParam = 'limit', firstPage = 1, total, totalPages } = options;
  checkListing('pagePagination', options, [pageParam, limitParam]);
  checkLimit('pagePagination', limit);
  checkWhole('pagePagination', 'firstPage', firstPage, 0);
  checkCountSource('pagePagination', 'total', total);
  checkCountSource('pagePagination', 'totalPages', totalPages);

  const items = countReader(total);
  const pages = countReader(totalPages);
  const { inBody, inHeaders } = items;

  return countedPager({
    style: 'page',
    limit,
    needs: countNeeds(items, pages),
    ...(inBody && { totalInBody: inBody }),
    ...(inHeaders && { totalInHeaders: inHeaders }),
    request: (position) => ({ path, query: { ...query, [limitParam]: limit, [pageParam]: firstPage + position } }),
    pageCount(first) {
      const declared = readCount(pages, first);
      if (declared !== undefined) return declared;
      const all = readCount(items, first);
      return all === undefined ? undefined : Math.ceil(all / limit);
    },
  });
}
