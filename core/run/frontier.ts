import type { ChildOf } from '../contracts/child.ts';
import type { SourcePlan } from '../contracts/engine.ts';
import type { SourceJournal } from '../contracts/journal.ts';
import type { PageRequest } from '../contracts/page.ts';
import type { SluiceError } from '../errors.ts';
import type { ReadablePage } from './fetched-page.ts';
import { followUpsOf, pagerError } from './follow-ups.ts';
import { createListings, type Listing } from './listing.ts';
import type { SourceTotals } from './source-totals.ts';
import { createWorklist, type WorkItem, type Worklist } from './worklist.ts';

export interface FrontierOptions {
  readonly source: SourcePlan;
  readonly totals: SourceTotals;
  readonly hash: (text: string) => bigint;
  readonly journal: SourceJournal;
  /** Ends the source: a guard tripped, or the pager threw. */
  readonly giveUp: (error: SluiceError) => void;
  /** Tells that a dependent listing has ended before its end: it costs no more than that. */
  readonly lose: (error: SluiceError) => void;
}

/** How far a source has been asked: its worklist, and the pager that puts requests on it. */
export interface Frontier {
  readonly worklist: Worklist;
  /** Puts the first requests on the worklist; an earlier life of the run may have done so. */
  start(): void;
  /** Adds what is known to follow a request without its answer. */
  ahead(item: WorkItem): void;
  /** The pager's follow-ups, or what it threw. */
  followUps(item: WorkItem, page: ReadablePage): readonly PageRequest[] | SluiceError;
  /** Adds follow-ups; a guard that trips ends the listing, with the pages it has. */
  follow(item: WorkItem, requests: readonly PageRequest[]): void;
  /** Adds the listings that hang from items; what goes wrong with one of them costs that one. */
  open(parents: readonly ChildOf[]): void;
  /** Ends a listing: the whole source, where it is its own. */
  end(listing: Listing, error: SluiceError): void;
  /** With nothing else left: one more page, where the items do not add up to the total. */
  extra(): WorkItem | undefined;
  /** No more extra pages: the last one failed or held nothing new. */
  endExtras(): void;
  /** Pages that the source is known to have; at least those asked for. */
  readonly knownPages: number;
}

export function createFrontier({ source, totals, hash, journal, giveUp, lose }: FrontierOptions): Frontier {
  const { baseUrl, maxPages } = source;
  const listings = createListings(source.plugin, hash);
  const { own } = listings;
  const worklist = createWorklist({ baseUrl, listings, maxPages, hash, journal });
  let extrasEnded = false;

  function end(listing: Listing, error: SluiceError): void {
    if (listing === own) return giveUp(error);
    // Told once: pages that were under way may trip over the same.
    if (listing.failure !== undefined) return;
    listing.failure = error;
    lose(error);
  }

  /** Runs what may throw, in the pager or a guard; what it threw ends the listing. */
  function guarded(listing: Listing, method: string, work: () => void): void {
    try {
      work();
    } catch (thrown) {
      const error = pagerError(method, thrown);
      journal.refused(error);
      end(listing, error);
    }
  }

  return {
    worklist,
    start() {
      if (journal.restored === undefined) guarded(own, 'first', () => worklist.add(own, own.pager.first()));
    },
    ahead(item) {
      const { listing } = item;
      if (!item.fresh || listing.pager.ahead === undefined) return;
      guarded(listing, 'ahead', () => worklist.add(listing, listing.pager.ahead?.(item.request) ?? []));
      journal.preceded(item.ordinal);
    },
    followUps: ({ listing }, page) => followUpsOf(listing.pager, page),
    follow({ listing, ordinal }, requests) {
      guarded(listing, 'next', () => worklist.add(listing, requests));
      journal.expanded(ordinal);
    },
    open(parents) {
      for (const parent of parents) {
        try {
          worklist.open(listings.open(parent));
        } catch (thrown) {
          const error = pagerError(`pagination of ${parent.name}`, thrown);
          journal.refused(error);
          lose(error);
        }
      }
    },
    end,
    extra() {
      if (extrasEnded || totals.mismatch === undefined || worklist.last === undefined) return undefined;
      try {
        const request = own.pager.following?.(worklist.last);
        if (request !== undefined) worklist.add(own, [request], true);
      } catch {
        // The cap, a page that was there, a pager that threw: there is nothing more to ask, and the difference is
        // reported all the same.
        extrasEnded = true;
      }
      return worklist.take();
    },
    endExtras() {
      extrasEnded = true;
    },
    get knownPages() {
      const hanging = worklist.added - worklist.addedToOwn;
      return Math.max(totals.pages ?? 0, worklist.addedToOwn) + hanging;
    },
  };
}
