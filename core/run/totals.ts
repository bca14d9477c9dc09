import type { PageRead } from '../contracts/batch.ts';
import type { TotalsState } from '../contracts/journal.ts';
import type { PageRequest } from '../contracts/page.ts';
import type { SourceAdapter } from '../contracts/pager.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import { SluiceError } from '../errors.ts';
import { later } from '../incremental/cursor.ts';
import { parseTotal } from '../pagination/total.ts';

/** Holds the items that came against the number that the upstream declares. */
export interface Totals {
  /** Counts one page that was read; `inHeaders` reads what its headers declare. */
  observe(request: PageRequest, page: PageRead, inHeaders?: () => unknown): void;
  /** Pages that the declared total makes; undefined where nothing was declared or pages have no fixed size. */
  readonly pages: number | undefined;
  /** What came is not what was declared: an error of code `total_mismatch`; undefined where nothing was declared. */
  readonly mismatch: SluiceError | undefined;
  /** The declared number has become smaller while pages were read, which hides what slipped through between two pages. */
  readonly shrunk: SluiceError | undefined;
  /** So many empty pages in a row that the rest of what is declared can't be expected. */
  readonly exhausted: boolean;
  /** What a later life of the run goes on with. */
  readonly state: TotalsState;
}

/** What is asked of the source: what its pager reads, and its cursor. */
type TotalsSource = Pick<SourcePlugin, 'incremental'> & {
  readonly pagination: Pick<SourceAdapter, 'limit' | 'opens'>;
};

/** A total that is far too large must not be walked to its end; a gap of a thousand items or so may be real. */
const mostEmptyPages = 50;

export function createTotals({ pagination: pager, incremental }: TotalsSource, restored?: TotalsState): Totals {
  let items = restored?.items ?? 0;
  let emptyPages = restored?.emptyPages ?? 0;
  // The latest word counts: a listing may grow or shrink while it is read.
  let declared = restored?.declared;
  let most = restored?.most;
  let cursor = restored?.cursor;
  // One listing of many that declares nothing leaves nothing to hold all the items against.
  let untold = restored?.untold ?? false;

  /** What a plugin's accessor trips over declares nothing, as in a body. */
  function totalOf(inHeaders: (() => unknown) | undefined): number | undefined {
    try {
      return parseTotal(inHeaders?.());
    } catch {
      return undefined;
    }
  }

  return {
    observe(request, page, inHeaders) {
      items += page.items;
      const total = page.total ?? totalOf(inHeaders);
      if (pager.opens === undefined) declared = total ?? declared;
      else if (pager.opens(request)) {
        untold ||= total === undefined;
        declared = untold ? undefined : (total ?? 0) + (declared ?? 0);
      }
      if (declared !== undefined) most = Math.max(declared, most ?? 0);
      if (page.cursor !== undefined) cursor = later(cursor, page.cursor, incremental?.kind ?? 'iso');
      emptyPages = page.items === 0 ? emptyPages + 1 : 0;
    },
    get pages() {
      // Of many listings, each has a last page that need not be full: those that are known are all that can be said.
      if (declared === undefined || pager.limit === undefined || pager.opens !== undefined) return undefined;
      return Math.max(1, Math.ceil(declared / pager.limit));
    },
    get mismatch() {
      if (declared === undefined || declared === items) return undefined;
      return new SluiceError('total_mismatch', `the upstream declares ${declared} items, ${items} came`);
    },
    get shrunk() {
      if (declared === undefined || most === undefined || most <= declared) return undefined;
      const text = `the upstream declared ${most} items, and ${declared} later: what was deleted while the pages were read has moved the others up, and some may have been passed over`;
      return new SluiceError('total_mismatch', text);
    },
    get exhausted() {
      // A listing of its own may well be empty.
      return declared !== undefined && emptyPages >= mostEmptyPages && pager.opens === undefined;
    },
    get state() {
      return { items, declared, most, emptyPages, untold: untold || undefined, cursor };
    },
  };
}
