import type { Pager } from '../contracts/pager.ts';
import { continuation } from './continuation.ts';
import { followUrl } from './follow-url.ts';
import { checkLimitedListing, ledPages, ledRequest, type LimitedListingOptions } from './limited-listing.ts';
import { checkValueSource } from './options.ts';
import type { ValueSource } from './total.ts';

/** Options of `nextUrlPagination`. */
export interface NextUrlOptions extends LimitedListingOptions {
  /** Finds the URL of the next page; null, undefined, false and '' end the listing. */
  readonly next: ValueSource;
}

/**
 * Follows the URL that each page names, absolute or relative to the page. Throws `plugin_invalid` for options
 * that cannot work; the pager's `next` throws `unexpected_shape` for a URL that is no text or cannot be read.
 */
export function nextUrlPagination(options: NextUrlOptions): Pager {
  const { next } = options;
  checkLimitedListing('nextUrlPagination', options);
  checkValueSource('nextUrlPagination', 'next', next);
  return {
    style: 'next-url',
    ...ledPages(options),
    needs: typeof next === 'function' ? 'body' : 'headers',
    first: () => [ledRequest(options)],
    next(page) {
      const target = continuation(page, next, 'text');
      return typeof target === 'string' ? [followUrl(page, target)] : [];
    },
  };
}
