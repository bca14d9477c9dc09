import type { PageRequest } from '../contracts/page.ts';
import type { ListingOptions } from './options.ts';
import { checkLimit, checkListing } from './options.ts';
import type { Query } from './page-request.ts';
import { pageRequest } from './page-request.ts';

/** Options of the pagers that are led from page to page: the limit is theirs to ask for, not to count by. */
export interface LimitedListingOptions extends ListingOptions {
  /** Items a page, at least 1; a page that holds more counts as paging ignored. Default: the API's own, unchecked. */
  readonly limit?: number;
  /** Query parameter that carries the limit, where one is given. Default `limit`. */
  readonly limitParam?: string;
}

/** The query of every request that such a pager makes itself. */
export function listingQuery(options: LimitedListingOptions): Query {
  const { query, limit } = options;
  return limit === undefined ? { ...query } : { ...query, [limitParamOf(options)]: limit };
}

/** The request for the first page. */
export function firstRequest(options: LimitedListingOptions): PageRequest {
  return pageRequest({ path: options.path, query: listingQuery(options) });
}

/** Throws `plugin_invalid` for options that cannot work; `ownParams` are those that the pager sets beside the limit. */
export function checkLimitedListing(pager: string, options: LimitedListingOptions, ownParams: string[] = []): void {
  const { limit } = options;
  if (limit !== undefined) checkLimit(pager, limit);
  checkListing(pager, options, limit === undefined ? ownParams : [limitParamOf(options), ...ownParams]);
}

function limitParamOf({ limitParam = 'limit' }: LimitedListingOptions): string {
  return limitParam;
}
