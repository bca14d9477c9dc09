import type { JsonValue } from '../contracts/json.ts';
import type { Pager } from '../contracts/pager.ts';
import { continuation } from './continuation.ts';
import { checkLimitedListing, ledPages, ledRequest, type LimitedListingOptions } from './limited-listing.ts';
import { checkValueSource } from './options.ts';
import type { ValueSource } from './total.ts';

/** Options of `cursorPagination`. */
export interface CursorOptions extends LimitedListingOptions {
  /** Parameter that carries the cursor, in the query or, where there is a `body`, in it. Default `cursor`. */
  readonly cursorParam?: string;
  /** Cursor of the first page. Default: none is sent. */
  readonly start?: JsonValue;
  /**
   * Finds the next page's cursor: a text or a number, in a body any value but true; null, undefined, false and '' end
   * the listing. It may be the id of the last item.
   */
  readonly cursor: ValueSource;
}

/**
 * Hands the cursor that each page names to the next request. Throws `plugin_invalid` for options that cannot
 * work; `next` throws `unexpected_shape` for a cursor that can't be sent.
 */
export function cursorPagination(options: CursorOptions): Pager {
  const { body, cursorParam = 'cursor', start, cursor } = options;
  checkLimitedListing('cursorPagination', options, [cursorParam]);
  checkValueSource('cursorPagination', 'cursor', cursor);
  const kind = body === undefined ? 'text or number' : 'any value';
  return {
    style: 'cursor',
    ...ledPages(options),
    needs: typeof cursor === 'function' ? 'body' : 'headers',
    first: () => [ledRequest(options, start === undefined ? {} : { [cursorParam]: start })],
    next(page) {
      const value = continuation(page, cursor, kind);
      return value === undefined ? [] : [ledRequest(options, { [cursorParam]: value })];
    },
  };
}
