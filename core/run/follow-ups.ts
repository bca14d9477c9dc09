import type { FetchedPage, PageRequest } from '../contracts/page.ts';
import type { SourceAdapter } from '../contracts/pager.ts';
import { classify, SluiceError } from '../errors.ts';
import type { ReadablePage } from './fetched-page.ts';

/** What a pager asks for after a page, or what it threw. */
export function followUpsOf(
  pager: Pick<SourceAdapter, 'next'>,
  page: FetchedPage,
): readonly PageRequest[] | SluiceError {
  try {
    return pager.next(page);
  } catch (thrown) {
    return pagerError('next', thrown);
  }
}

/** A page before the worker's verdict on its body. */
export interface EarlyPage {
  readonly pager: SourceAdapter;
  readonly page: ReadablePage;
  /** What the pager makes of it; undefined where it waits for the verdict. */
  readonly early: readonly PageRequest[] | SluiceError | undefined;
  /** Asked for only because the items did not add up to the total. */
  readonly extra: boolean;
}

/**
 * The follow-ups that do not wait for the verdict: those that hang on headers alone, and those of a body that was parsed here
 * and is good, so that the next page of a cursor is on its way while this one is processed and written. Undefined where there are
 * none. That nothing follows is for the verdict to confirm: an answer that is no page, such as a notice of maintenance, has no
 * link either.
 */
export function startableNow({ pager, page, early, extra }: EarlyPage): readonly PageRequest[] | undefined {
  if (early === undefined || early instanceof SluiceError || early.length === 0) return undefined;
  return pager.needs === 'headers' || (!extra && isSound(pager, page)) ? early : undefined;
}

/** Whether the worker will read a parsed body too: it holds a list of items, and no more than were asked for. */
function isSound(pager: SourceAdapter, page: ReadablePage): boolean {
  try {
    return page.itemCount() <= (pager.limit ?? Infinity);
  } catch {
    return false;
  }
}

/** What a pager threw on purpose keeps its code; anything else is a bug in the plugin, named as such. */
export function pagerError(method: string, thrown: unknown): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  return new SluiceError('source_failed', `the pager's ${method}() threw: ${classify(thrown).message}`, {
    cause: thrown,
  });
}
