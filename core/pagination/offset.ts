import type { Pager } from '../contracts/pager.ts';
import { countedPager } from './counted.ts';
import { listingRequest } from './listing-request.ts';
import type { ListingOptions } from './options.ts';
import { checkCountSource, checkLimit, checkListing, checkLookahead, checkWhole } from './options.ts';
import type { CountSource } from './total.ts';
import { countNeeds, countReader, readCount } from './total.ts';

/** Options of `offsetPagination`. */
export interface OffsetOptions extends ListingOptions {
  /** Items a page, at least 1. It must be one that the API honours: pages are counted by it. */
  readonly limit: number;
  /** Parameter that carries the offset, in items. Default `offset`. */
  readonly offsetParam?: string;
  /** Parameter that carries the limit; false where the API's pages are of that size anyway. Default `limit`. */
  readonly limitParam?: string | false;
  /** Offset of the first page, in items. Default 0. */
  readonly start?: number;
  /** Where the API declares the number of all items. Default: nowhere; a page shorter than the limit ends the listing. */
  readonly total?: CountSource;
  /**
   * Pages after the first that are asked for along with it, before it is known whether they are there, 0 to 32. Hides the
   * answer time of the first page; where nothing declares how many there are, as many stay under way instead of one. At most so
   * many requests more than the listing has pages. Needs an API that answers past its end with an empty page. Default 0.
   */
  readonly lookahead?: number;
}

/**
 * Pages asked for by offset and limit. The offset advances by the limit asked for, whatever a response says
 * of its own. Throws `plugin_invalid` for options that cannot work.
 */
export function offsetPagination(options: OffsetOptions): Pager {
  const { limit, offsetParam = 'offset', limitParam = 'limit', start = 0, total, lookahead = 0 } = options;
  checkListing('offsetPagination', options, [offsetParam, limitParam]);
  checkLimit('offsetPagination', limit);
  checkWhole('offsetPagination', 'start', start, 0);
  checkLookahead('offsetPagination', lookahead);
  checkCountSource('offsetPagination', 'total', total);

  const declared = countReader(total);
  const { inBody, inHeaders } = declared;
  /** Items before the start are never asked for, so they must not be missed either. */
  const fromStart = (items: number | undefined): number | undefined =>
    items === undefined ? undefined : Math.max(0, items - start);

  return countedPager({
    style: 'offset',
    limit,
    lookahead,
    needs: countNeeds(declared),
    ...(inBody && { totalInBody: (body) => fromStart(inBody(body)) }),
    ...(inHeaders && { totalInHeaders: (headers) => fromStart(inHeaders(headers)) }),
    request: (position) =>
      listingRequest(options, {
        ...(limitParam !== false && { [limitParam]: limit }),
        [offsetParam]: start + position * limit,
      }),
    pageCount(first) {
      const items = fromStart(readCount(declared, first));
      return items === undefined ? undefined : Math.ceil(items / limit);
    },
  });
}
