import type { PageRead } from '../contracts/batch.ts';
import type { TotalsState } from '../contracts/journal.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import type { SluiceError } from '../errors.ts';
import { createTotals, type Totals } from './totals.ts';
import type { WorkItem } from './worklist.ts';

/** Totals of a source's own listing, and of each dependent resource over all of its parents. */
export interface SourceTotals extends Omit<Totals, 'observe'> {
  /** Counts one page that was read, of whichever listing. */
  observe(item: WorkItem, page: PageRead, headers: Readonly<Record<string, string>>): void;
  /** What the source as a whole leaves open at its end. */
  readonly incomplete: SluiceError | undefined;
}

export function createSourceTotals(
  plugin: Pick<SourcePlugin, 'pagination' | 'incremental'>,
  restored?: TotalsState,
): SourceTotals {
  const own = createTotals(plugin, restored);
  const children = new Map<string, Totals>();
  for (const [name, state] of Object.entries(restored?.children ?? {})) children.set(name, totalsOf(state));

  function ofChild(name: string): Totals {
    let totals = children.get(name);
    if (totals === undefined) children.set(name, (totals = totalsOf()));
    return totals;
  }

  return {
    observe({ request, listing }, page, headers) {
      const { child, pager: asked } = listing;
      const totals = child === undefined ? own : ofChild(child.name);
      totals.observe(request, page, asked.totalInHeaders && ((): unknown => asked.totalInHeaders?.(headers)));
    },
    get pages() {
      return own.pages;
    },
    get mismatch() {
      return own.mismatch;
    },
    get shrunk() {
      return own.shrunk;
    },
    get exhausted() {
      return own.exhausted;
    },
    get incomplete() {
      return own.mismatch ?? own.shrunk ?? childMismatch(children);
    },
    get state() {
      if (children.size === 0) return own.state;
      return { ...own.state, children: Object.fromEntries([...children].map(([name, { state }]) => [name, state])) };
    },
  };
}

/** Each parent's listing has a total of its own. */
function totalsOf(state?: TotalsState): Totals {
  return createTotals({ pagination: { opens: ({ child }) => child?.first === true } }, state);
}

function childMismatch(children: ReadonlyMap<string, Totals>): SluiceError | undefined {
  for (const [name, { mismatch }] of children) {
    if (mismatch !== undefined) return mismatch.with({ message: `${name}: ${mismatch.message}` });
  }
  return undefined;
}
