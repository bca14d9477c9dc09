import type { SourcePlan } from '../contracts/engine.ts';
import type { SourceJournal } from '../contracts/journal.ts';
import type { PageRequest } from '../contracts/page.ts';
import { classify, SluiceError } from '../errors.ts';
import type { ReadablePage } from './fetched-page.ts';
import type { Totals } from './totals.ts';
import { createWorklist, type WorkItem, type Worklist } from './worklist.ts';

export interface FrontierOptions {
  readonly source: SourcePlan;
  readonly totals: Totals;
  readonly hash: (text: string) => bigint;
  readonly journal: SourceJournal;
  /** Ends the source: a guard tripped, or the pager threw. */
  readonly giveUp: (error: SluiceError) => void;
}

/** How far a source has been asked: its worklist, and the pager that puts requests on it. */
export interface Frontier {
  readonly worklist: Worklist;
  /** Puts the first requests on the worklist; an earlier life of the run may have done so. */
  start(): void;
  /** Adds what is known to follow a request without its answer. */
  ahead(item: WorkItem): void;
  /** The pager's follow-ups, or what it threw. */
  followUps(page: ReadablePage): readonly PageRequest[] | SluiceError;
  /** Adds follow-ups; a guard that trips ends the source, with the pages it has. */
  follow(item: WorkItem, requests: readonly PageRequest[]): void;
  /** With nothing else left: one more page, where the items do not add up to the total. */
  extra(): WorkItem | undefined;
  /** No more extra pages: the last one failed or held nothing new. */
  endExtras(): void;
  /** Pages that the source is known to have; at least those asked for. */
  readonly knownPages: number;
}

export function createFrontier({ source, totals, hash, journal, giveUp }: FrontierOptions): Frontier {
  const pager = source.plugin.pagination;
  const worklist = createWorklist({ baseUrl: source.baseUrl, maxPages: source.maxPages, hash, journal });
  let extrasEnded = false;

  /** Runs what may throw, in the pager or a guard; what it threw ends the source. */
  function guarded(method: string, work: () => void): void {
    try {
      work();
    } catch (thrown) {
      const error = pagerError(method, thrown);
      journal.refused(error);
      giveUp(error);
    }
  }

  return {
    worklist,
    start() {
      if (journal.restored === undefined) guarded('first', () => worklist.add(pager.first()));
    },
    ahead(item) {
      if (!item.fresh || pager.ahead === undefined) return;
      guarded('ahead', () => worklist.add(pager.ahead?.(item.request) ?? []));
      journal.preceded(item.ordinal);
    },
    followUps(page) {
      try {
        return pager.next(page);
      } catch (thrown) {
        return pagerError('next', thrown);
      }
    },
    follow(item, requests) {
      guarded('next', () => worklist.add(requests));
      journal.expanded(item.ordinal);
    },
    extra() {
      if (extrasEnded || totals.mismatch === undefined || worklist.last === undefined) return undefined;
      try {
        const request = pager.following?.(worklist.last);
        if (request !== undefined) worklist.add([request], true);
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
      return Math.max(totals.pages ?? 0, worklist.added);
    },
  };
}

/** What a pager threw on purpose keeps its code; anything else is a bug in the plugin, named as such. */
function pagerError(method: string, thrown: unknown): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  return new SluiceError('source_failed', `the pager's ${method}() threw: ${classify(thrown).message}`, {
    cause: thrown,
  });
}
