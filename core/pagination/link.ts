import type { FetchedPage } from '../contracts/page.ts';
import type { Pager } from '../contracts/pager.ts';
import { SluiceError } from '../errors.ts';
import { followUrl } from './follow-url.ts';
import { type Link, parseLinkHeader } from './link-header.ts';
import { isBeforeLast, isNumbered, numberedAhead, numberedPages } from './numbered-links.ts';
import { checkLimitedListing, ledPages, ledRequest, type LimitedListingOptions } from './limited-listing.ts';

/** Options of `linkPagination`. */
export interface LinkOptions extends LimitedListingOptions {
  /**
   * Parameter that carries the number of a page in the links. With it, and with a `rel="last"`, all pages up to that one
   * are fetched at once. Default: none, and each page leads to the next.
   */
  readonly pageParam?: string;
}

/**
 * Follows `rel="next"` of the Link header (RFC 8288) until a page has none. Throws `plugin_invalid` for
 * options that cannot work; `next` throws `unexpected_shape` for a header that holds no link at all.
 */
export function linkPagination(options: LinkOptions): Pager {
  const { pageParam } = options;
  checkLimitedListing('linkPagination', options, pageParam === undefined ? [] : [pageParam]);
  return {
    style: 'link',
    ...ledPages(options),
    needs: 'headers',
    first: () => [ledRequest(options)],
    next(page) {
      const links = linksOf(page);
      if (isBeforeLast(page.request)) return [];
      const next = targetOf(links, 'next');
      if (next === undefined) return [];
      const request = followUrl(page, next);
      const last = targetOf(links, 'last');
      // Behind the last page that was known, a listing that has grown goes on one page after the other.
      const oneByOne = pageParam === undefined || last === undefined || isNumbered(page.request);
      return (oneByOne ? undefined : numberedPages(request, followUrl(page, last), pageParam)) ?? [request];
    },
    ...(pageParam !== undefined && { ahead: (request) => numberedAhead(request, pageParam) }),
  };
}

function linksOf(page: FetchedPage): readonly Link[] {
  const header = page.headers['link'] ?? '';
  const links = parseLinkHeader(header);
  if (links.length > 0 || header.trim() === '') return links;
  // Taken for an end, an unreadable header would lose all later pages in silence.
  throw new SluiceError('unexpected_shape', `the Link header of ${page.request.key} holds no link`, {
    retryable: true,
  });
}

function targetOf(links: readonly Link[], relation: string): string | undefined {
  // A link with an anchor starts from another resource: it says nothing about this page.
  return links.find(({ rel, anchor }) => anchor === undefined && rel.includes(relation))?.target;
}
