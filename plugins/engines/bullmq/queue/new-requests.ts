import {
  askedBefore,
  capReached,
  type ChildOf,
  crossOrigin,
  type Listing,
  type PageRequest,
  pagerError,
  requestHashes,
  resolveUrl,
  type SluiceError,
  type SourcePlan,
} from '../../../../core/engine.ts';
import type { AddReason, NewRequest, SourceLedger } from '../ledger/ledger.ts';

export interface AddingOptions {
  readonly plan: Pick<SourcePlan, 'baseUrl' | 'maxPages'>;
  readonly ledger: SourceLedger;
  readonly hash: (text: string) => bigint;
}

/** Puts what a pager asks for on the worklist; a guard that trips, or the pager, ends the listing. */
export interface Adding {
  /**
   * `make` may throw, and so may each request: then those before it are added all the same. False where there was nothing to
   * be added.
   */
  add(
    listing: Listing,
    reason: AddReason,
    ordinal: number | undefined,
    make: () => readonly PageRequest[],
  ): Promise<boolean>;
  /** Adds the first requests of the listings that hang from a page; what goes wrong with one costs that one. */
  open(parents: readonly ChildOf[], ordinal: number, open: (child: ChildOf) => Listing): Promise<void>;
  /** Ends a listing before its end: the whole source, where it is its own. */
  end(listing: Listing, error: SluiceError): Promise<void>;
}

/** Names a dependent listing in the ledger. */
function listingName({ name, parent }: ChildOf, hash: (text: string) => bigint): string {
  return `${name}.${hash(JSON.stringify([name, parent])).toString(36)}`;
}

export function createAdding({ plan, ledger, hash }: AddingOptions): Adding {
  const { baseUrl, maxPages } = plan;
  const { origin } = new URL(baseUrl);

  const nameOf = ({ child }: Listing): string | undefined => child && listingName(child, hash);

  /** The requests in front of the first that may not be made, and why it may not. */
  function checked(listing: Listing, requests: readonly PageRequest[], opens: boolean) {
    const checkedOnes: NewRequest[] = [];
    const name = nameOf(listing);
    try {
      for (const [index, made] of requests.entries()) {
        const first = opens && index === 0 ? { first: true as const } : {};
        const request = listing.child === undefined ? made : { ...made, child: { ...listing.child, ...first } };
        const url = resolveUrl(baseUrl, request.url);
        if (url.origin !== origin) throw crossOrigin(url, origin);
        checkedOnes.push({ request, hashes: requestHashes(request, url.href, hash), listing: name, opens });
      }
    } catch (thrown) {
      return { requests: checkedOnes, fault: pagerError('requests', thrown) };
    }
    return { requests: checkedOnes, fault: undefined };
  }

  async function end(listing: Listing, error: SluiceError): Promise<void> {
    const name = nameOf(listing);
    await (name === undefined ? ledger.refuse(error) : ledger.lose(name, error, true));
  }

  return {
    end,
    async add(listing, reason, ordinal, make) {
      try {
        const { requests, fault } = checked(listing, make(), false);
        // Nothing is added, and whoever comes to it again finds nothing either. That a source has begun must be known.
        if (requests.length === 0 && fault === undefined && reason !== 'first') return false;
        const more = ordinal === undefined ? {} : { ordinal };
        const { state, at } = await ledger.add(requests, { reason, maxPages, ...more });
        const offender = requests[at];
        if (state === 'loop' && offender !== undefined) {
          throw askedBefore(resolveUrl(baseUrl, offender.request.url));
        }
        if (state === 'cap') throw capReached(maxPages);
        // A page that is over has told this already.
        if (fault !== undefined && state === 'added') throw fault;
      } catch (error) {
        await end(listing, pagerError(reason, error));
      }
      return true;
    },
    async open(parents, ordinal, open) {
      if (parents.length === 0) return;
      const all: NewRequest[] = [];
      for (const parent of parents) {
        try {
          const listing = open(parent);
          const first = listing.pager.first();
          const { requests, fault } = checked(listing, first.slice(0, maxPages), true);
          all.push(...requests);
          if (fault !== undefined) throw fault;
          if (first.length > maxPages) throw capReached(maxPages);
        } catch (thrown) {
          const error = pagerError(`pagination of ${parent.name}`, thrown);
          await ledger.lose(listingName(parent, hash), error, true);
        }
      }
      await ledger.add(all, { reason: 'open', ordinal, maxPages });
    },
  };
}
