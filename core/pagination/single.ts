import type { Pager } from '../contracts/pager.ts';
import type { ListingOptions } from './options.ts';
import { checkListing } from './options.ts';
import { listingRequest } from './listing-request.ts';
import { pageRequest } from './page-request.ts';

/** All items in one response. Throws `plugin_invalid` without a path. */
export function singlePage(options: ListingOptions): Pager {
  checkListing('singlePage', options);
  return {
    style: 'single',
    // It looks at nothing at all; headers are what is there first.
    needs: 'headers',
    first: () => [pageRequest(listingRequest(options, {}))],
    next: () => [],
  };
}
