import type { PageRequest } from '../contracts/page.ts';
import type { Pager } from '../contracts/pager.ts';
import { listingRequest, type PagerParams } from './listing-request.ts';
import type { ListingOptions } from './options.ts';
import { checkCountSource, checkLimit, checkListing } from './options.ts';
import { pageRequest } from './page-request.ts';
import { countReader, type CountSource } from './total.ts';

/** Options of the pagers that are led from page to page: the limit is theirs to ask for, not to count by. */
export interface LimitedListingOptions extends ListingOptions {
  /** Items a page, at least 1; a page that holds more counts as paging ignored. Default: the API's own, unchecked. */
  readonly limit?: number;
  /** Parameter that carries the limit, where one is given; false where it is not sent. Default `limit`. */
  readonly limitParam?: string | false;
  /** Where the API declares the number of all items: what came is held against it. Default: nowhere. */
  readonly total?: CountSource;
}

/** A request that such a pager makes itself, the first one above all. */
export function ledRequest(options: LimitedListingOptions, params: PagerParams = {}): PageRequest {
  const { limit, limitParam = 'limit' } = options;
  const sized = limit === undefined || limitParam === false ? {} : { [limitParam]: limit };
  return pageRequest(listingRequest(options, { ...sized, ...params }));
}

/** What such a pager says of its pages: how long they may be, and where the total stands. */
export function ledPages({
  limit,
  total,
}: LimitedListingOptions): Pick<Pager, 'limit' | 'totalInBody' | 'totalInHeaders'> {
  const { inBody, inHeaders } = countReader(total);
  return {
    ...(limit !== undefined && { limit }),
    ...(inBody && { totalInBody: inBody }),
    ...(inHeaders && { totalInHeaders: inHeaders }),
  };
}

/** Throws `plugin_invalid` for options that cannot work; `ownParams` are those that the pager sets beside the limit. */
export function checkLimitedListing(pager: string, options: LimitedListingOptions, ownParams: string[] = []): void {
  const { limit, limitParam = 'limit', total } = options;
  if (limit !== undefined) checkLimit(pager, limit);
  checkListing(pager, options, limit === undefined ? ownParams : [limitParam, ...ownParams]);
  checkCountSource(pager, 'total', total);
}
