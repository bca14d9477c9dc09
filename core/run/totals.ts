import type { PageRead } from '../contracts/batch.ts';
import type { SourceAdapter } from '../contracts/pager.ts';
import { SluiceError } from '../errors.ts';
import { parseTotal } from '../pagination/total.ts';

/** Holds the items that came against the number that the upstream declares. */
export interface Totals {
  /** Counts one page that was read. */
  observe(page: PageRead, headers: Readonly<Record<string, string>>): void;
  /** Pages that the declared total makes; undefined where nothing was declared or pages have no fixed size. */
  readonly pages: number | undefined;
  /** What came is not what was declared: an error of code `total_mismatch`; undefined where nothing was declared. */
  readonly mismatch: SluiceError | undefined;
}

export function createTotals(pager: SourceAdapter): Totals {
  let items = 0;
  // The latest word counts: a listing may grow or shrink while it is read.
  let declared: number | undefined;

  return {
    observe(page, headers) {
      items += page.items;
      declared = page.total ?? parseTotal(pager.totalInHeaders?.(headers)) ?? declared;
    },
    get pages() {
      if (declared === undefined || pager.limit === undefined) return undefined;
      return Math.max(1, Math.ceil(declared / pager.limit));
    },
    get mismatch() {
      if (declared === undefined || declared === items) return undefined;
      return new SluiceError('total_mismatch', `the upstream declares ${declared} items, ${items} came`);
    },
  };
}
