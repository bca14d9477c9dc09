import type { Pager } from '../contracts/pager.ts';
import { countedPager } from './counted.ts';
import type { ListingOptions } from './options.ts';
import { checkCountSource, checkLimit, checkListing, checkWhole } from './options.ts';
import type { CountSource } from './total.ts';
import { countNeeds, countReader, readCount } from './total.ts';

/** Options of `offsetPagination`. */
export interface OffsetOptions extends ListingOptions {
  /** Items a page, at least 1. It must be one that the API honours: pages are counted by it. */
  readonly limit: number;
  /** Query parameter that carries the offset, in items. Default `offset`. */
  readonly offsetParam?: string;
  /** Query parameter that carries the limit. Default `limit`. */
  readonly limitParam?: string;
  /** Offset of the first page, in items. Default 0. */
  readonly start?: number;
  /** Where the API declares the number of all items. Default: nowhere; a page shorter than the limit ends the listing. */
  readonly total?: CountSource;
}

/**
 * Pages asked for by offset and limit. The offset advances by the limit asked for, whatever a response says
 * of its own. Throws `plugin_invalid` for options that cannot work.
 */
export function offsetPagination(options: OffsetOptions): Pager {
  const { path, query, limit, offsetParam = 'offset', limitParam = 'limit', start = 0, total } = options;
  checkListing('offsetPagination', options, [offsetParam, limitParam]);
  checkLimit('offsetPagination', limit);
  checkWhole('offsetPagination', 'start', start, 0);
  checkCountSource('offsetPagination', 'total', total);

  const declared = countReader(total);
  const { inBody, inHeaders } = declared;
  /** Items before the start are never asked for, so they must not be missed either. */
  const fromStart = (items: number | undefined): number | undefined =>
    items === undefined ? undefined : Math.max(0, items - start);

  return countedPager({
    style: 'offset',
    limit,
    needs: countNeeds(declared),
    ...(inBody && { totalInBody: (body) => fromStart(inBody(body)) }),
    ...(inHeaders && { totalInHeaders: (headers) => fromStart(inHeaders(headers)) }),
    request: (position) => ({
      path,
      query: { ...query, [limitParam]: limit, [offsetParam]: start + position * limit },
    }),
    pageCount(first) {
      const items = fromStart(readCount(declared, first));
      return items === undefined ? undefined : Math.ceil(items / limit);
    },
  });
}
