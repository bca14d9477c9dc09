import type { Pager } from '../contracts/pager.ts';
import { continuation } from './continuation.ts';
import { followUrl } from './follow-url.ts';
import type { LimitedListingOptions } from './limited-listing.ts';
import { checkLimitedListing, firstRequest } from './limited-listing.ts';
import { checkReader } from './options.ts';
import type { BodyReader } from './total.ts';

/** Options of `nextUrlPagination`. */
export interface NextUrlOptions extends LimitedListingOptions {
  /** Finds the URL of the next page in a parsed body; null, undefined and '' end the listing. */
  readonly next: BodyReader;
}

/**
 * Follows the URL that each body names, absolute or relative to the page. Throws `plugin_invalid` for options
 * that cannot work; the pager's `next` throws `unexpected_shape` for a URL that is no text or cannot be read.
 */
export function nextUrlPagination(options: NextUrlOptions): Pager {
  checkLimitedListing('nextUrlPagination', options);
  checkReader('nextUrlPagination', 'next', options.next);
  return {
    style: 'next-url',
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    needs: 'body',
    first: () => [firstRequest(options)],
    next(page) {
      const target = continuation(page, options.next, ['string']);
      return target === undefined ? [] : [followUrl(page, String(target))];
    },
  };
}
