import type { ChildOf } from '../contracts/child.ts';
import type { PendingRequest } from '../contracts/journal.ts';
import type { PageRequest } from '../contracts/page.ts';
import type { SourceAdapter } from '../contracts/pager.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import { classify, type SluiceError } from '../errors.ts';
import { type Resource, resourceOf } from '../processing/resource.ts';

/** What a pager walks through: the source's own listing, or one that hangs from an item of it. */
export interface Listing {
  readonly resource: Resource;
  readonly pager: SourceAdapter;
  /** Undefined for the source's own. */
  readonly child: ChildOf | undefined;
  /** Tells its pages from those of other listings that are the same byte for byte; 0 for the source's own. */
  readonly salt: bigint;
  /** Requests added, as far as this life of the run knows. */
  added: number;
  /** Pages in a row that held items and nothing new. */
  stalePages: number;
  /** Why nothing more of it is asked for, of a listing that hangs from an item. */
  failure: SluiceError | undefined;
}

/** Makes the listings of a source. Nothing keeps them but the requests that are under way. */
export interface Listings {
  readonly own: Listing;
  /** Throws what the plugin throws. */
  open(child: ChildOf): Listing;
  /** The listing of each request that an earlier life left, the same for all of one listing. */
  restore(pending: readonly PendingRequest[]): (request: PageRequest) => Listing;
}

export function createListings(plugin: SourcePlugin, hash: (text: string) => bigint): Listings {
  const own = listing(plugin, undefined, 0n);

  function open({ name, parent }: ChildOf): Listing {
    const child = { name, parent };
    return listing(resourceOf(plugin, child), child, hash(`listing ${JSON.stringify(child)}`));
  }

  function reopen(child: ChildOf): Listing {
    try {
      return open(child);
    } catch (thrown) {
      // It could be opened once: another plugin, or one that is not pure. It costs this listing.
      const nothing: SourceAdapter = { first: () => [], next: () => [] };
      return { ...listing({ ...plugin, pagination: nothing }, child, 0n), failure: classify(thrown) };
    }
  }

  return {
    own,
    open,
    restore(pending) {
      const byChild = new Map<string, Listing>();
      for (const { request } of pending) {
        if (request.child === undefined) continue;
        const name = nameOf(request.child);
        if (!byChild.has(name)) byChild.set(name, reopen(request.child));
      }
      return ({ child }) => (child && byChild.get(nameOf(child))) ?? own;
    },
  };
}

function listing(resource: Resource, child: ChildOf | undefined, salt: bigint): Listing {
  return { resource, pager: resource.pagination, child, salt, added: 0, stalePages: 0, failure: undefined };
}

function nameOf({ name, parent }: ChildOf): string {
  return JSON.stringify([name, parent]);
}
