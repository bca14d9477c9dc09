import type { Pager } from '../contracts/pager.ts';
import { continuation } from './continuation.ts';
import type { LimitedListingOptions } from './limited-listing.ts';
import { checkLimitedListing, firstRequest, listingQuery } from './limited-listing.ts';
import { checkReader } from './options.ts';
import { pageRequest } from './page-request.ts';
import type { BodyReader } from './total.ts';

/** Options of `cursorPagination`. */
export interface CursorOptions extends LimitedListingOptions {
  /** Query parameter that carries the cursor. Default `cursor`. */
  readonly cursorParam?: string;
  /** Finds the next page's cursor, a text or a number, in a parsed body; null, undefined and '' end the listing. */
  readonly cursor: BodyReader;
}

/**
 * Hands the cursor that each body names to the next request. Throws `plugin_invalid` for options that cannot
 * work; `next` throws `unexpected_shape` for a cursor that is neither a text nor a number.
 */
export function cursorPagination(options: CursorOptions): Pager {
  const { path, limit, cursorParam = 'cursor', cursor } = options;
  checkLimitedListing('cursorPagination', options, [cursorParam]);
  checkReader('cursorPagination', 'cursor', cursor);
  return {
    style: 'cursor',
    ...(limit === undefined ? {} : { limit }),
    needs: 'body',
    first: () => [firstRequest(options)],
    next(page) {
      const value = continuation(page, cursor, ['string', 'number']);
      return value === undefined
        ? []
        : [pageRequest({ path, query: { ...listingQuery(options), [cursorParam]: value } })];
    },
  };
}
