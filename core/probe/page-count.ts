import type { PageRequest } from '../contracts/page.ts';
import type { SourceAdapter } from '../contracts/pager.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import { createTotals } from '../run/totals.ts';
import type { ProbedPage } from './open-probe.ts';

/** What the first page says of those that come after it. */
export interface PageCount {
  /** Undefined where nothing says how many there are. */
  readonly pages: number | undefined;
  /** Items in all, as declared. */
  readonly items: number | undefined;
  /** Whether each page tells what comes after it, so that one follows the other; else they can be asked for at once. */
  readonly sequential: boolean;
}

/** Counts the pages of a source from its first one, at most `most`. */
export function countPages(
  source: Pick<SourcePlugin, 'pagination' | 'children'>,
  { request, page, headers, next }: ProbedPage,
  most: number,
): PageCount {
  const pager = source.pagination;
  const totals = createTotals(source);
  totals.observe(request, page, () => pager.totalInHeaders?.(headers));
  // One of several listings says nothing of the others, and nobody knows yet what hangs from the items.
  if (pager.opens !== undefined) return { pages: undefined, items: undefined, sequential: false };
  const items = totals.state.declared;
  if (source.children !== undefined) return { pages: undefined, items, sequential: false };
  const { lookahead = 0 } = pager;
  if (next.length === 0 && lookahead === 0) return { pages: 1, items: items ?? page.items, sequential: true };
  const walked = walk(pager, next, most);
  // One that each page leads on to says nothing of how many there are; without it, those that are asked for first are all.
  const leads = walked === 2;
  // Where the API honours a smaller page than was asked for, the listing is longer than its limit says.
  const bySize = items === undefined || page.items === 0 ? undefined : Math.ceil(items / page.items);
  const declared = totals.pages ?? bySize;
  const known = declared ?? (leads ? undefined : walked + (next.length === 0 ? 0 : lookahead));
  const least = Math.max(next.length === 0 ? 1 : 2, lookahead + 1);
  const pages = known === undefined ? undefined : Math.min(Math.max(known, least), most);
  return { pages, items, sequential: leads && lookahead === 0 };
}

/** Pages that are known after the first without asking: its follow-ups, and what is known to follow those. */
function walk(pager: SourceAdapter, next: readonly PageRequest[], most: number): number {
  let known = 1;
  let waiting = next;
  while (waiting.length > 0 && known < most) {
    known += waiting.length;
    waiting = waiting.flatMap((request) => pager.ahead?.(request) ?? []);
  }
  return Math.min(known, most);
}
