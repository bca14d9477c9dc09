import type { Pager } from '../contracts/pager.ts';
import { SluiceError } from '../errors.ts';
import { followUrl } from './follow-url.ts';
import { parseLinkHeader } from './link-header.ts';
import { checkLimitedListing, ledPages, ledRequest, type LimitedListingOptions } from './limited-listing.ts';

/**
 * Follows `rel="next"` of the Link header (RFC 8288) until a page has none. Throws `plugin_invalid` for
 * options that cannot work; `next` throws `unexpected_shape` for a header that holds no link at all.
 */
export function linkPagination(options: LimitedListingOptions): Pager {
  checkLimitedListing('linkPagination', options);
  return {
    style: 'link',
    ...ledPages(options),
    needs: 'headers',
    first: () => [ledRequest(options)],
    next(page) {
      const header = page.headers['link'] ?? '';
      const links = parseLinkHeader(header);
      if (links.length === 0 && header.trim() !== '') {
        // Taken for an end, an unreadable header would lose all later pages in silence.
        throw new SluiceError('unexpected_shape', `the Link header of ${page.request.key} holds no link`, {
          retryable: true,
        });
      }
      // A link with an anchor starts from another resource: it says nothing about this page.
      const next = links.find(({ rel, anchor }) => anchor === undefined && rel.includes('next'));
      return next === undefined ? [] : [followUrl(page, next.target)];
    },
  };
}
