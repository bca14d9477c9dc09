import type { RestoredSource } from '../contracts/journal.ts';
import type { PageInput, PageProcessor, PageRead, PageUnreadable } from '../contracts/batch.ts';
import type { SourceAdapter } from '../contracts/pager.ts';
import { SluiceError } from '../errors.ts';
import { createIdSet } from './id-set.ts';

/** A page whose records are all new. */
export interface AcceptedPage {
  readonly page: PageRead;
  readonly duplicates: number;
}

/** Decides, for one source, which pages and records are new. */
export interface Acceptance {
  /**
   * Takes a page that was read; the first to come with an id wins. A page with duplicates is processed once more
   * without them, so that neither the output nor the metrics hold one; that verdict may be a failure too.
   * Throws `pagination_loop`, or rejects with it, for a page equal to an earlier one of the same listing, which `salt`
   * tells from others.
   */
  accept(page: PageRead, input: PageInput, salt?: bigint): AcceptedPage | Promise<AcceptedPage | PageUnreadable>;
}

/** The verdict on a page that comes out with other duplicates each time. */
export const madeAnew: PageUnreadable = {
  ok: false,
  code: 'worker_failed',
  message: 'its records have other ids each time that it is processed',
  processingMs: 0,
};

/** How often a page is processed to leave its duplicates out. */
export const mostRounds = 3;

/** `restored` is what an earlier life of the run had taken. */
export function createAcceptance(processor: PageProcessor, restored?: RestoredSource): Acceptance {
  const ids = restored?.ids ?? createIdSet();
  const pages = restored?.pages ?? createIdSet();
  // One page at a time: while a page is processed again, its new ids are not in the set yet, and a page decided
  // meanwhile could let one of them through a second time.
  let previous: Promise<unknown> = Promise.resolve();
  let deciding = 0;

  function checkNew(page: PageRead, input: PageInput): void {
    if (isPage(page, input) && pages.has(page.bytesHash)) {
      throw new SluiceError('pagination_loop', 'the page is equal, byte for byte, to an earlier one');
    }
  }

  /** Takes a page that holds no duplicate, as most are; undefined for another. */
  function takeWhole(page: PageRead, input: PageInput): AcceptedPage | undefined {
    checkNew(page, input);
    if (!ids.addNew(page.idHashes)) return undefined;
    if (isPage(page, input)) pages.add(page.bytesHash);
    return { page, duplicates: page.skipped };
  }

  async function decide(page: PageRead, input: PageInput): Promise<AcceptedPage | PageUnreadable> {
    checkNew(page, input);
    let unique: PageRead = page;
    const known = new Set<bigint>();
    // Once is enough for every normalizer that gives the same for the same item.
    for (let round = 0; findDuplicates(unique, ids, known); round++) {
      if (round === mostRounds) return madeAnew;
      const again = await processor.process({ ...input, known: BigUint64Array.from(known) });
      if (!again.ok) return again;
      unique = again;
    }
    if (isPage(page, input)) pages.add(page.bytesHash);
    for (const id of unique.idHashes) ids.add(id);
    return { page: { ...unique, bytesHash: page.bytesHash }, duplicates: unique.skipped };
  }

  return {
    accept(page, input, salt = 0n) {
      const salted = salt === 0n ? page : { ...page, bytesHash: page.bytesHash ^ salt };
      const whole = deciding === 0 ? takeWhole(salted, input) : undefined;
      if (whole !== undefined) return whole;
      deciding += 1;
      const decision = previous.then(() => decide(salted, input));
      previous = decision.catch(() => undefined).finally(() => (deciding -= 1));
      return decision;
    },
  };
}

/** Items that are driven again are no page: those of two chunks may well be alike. */
function isPage({ items }: PageRead, { bare }: PageInput): boolean {
  return items > 0 && bare !== true;
}

/** Whether a page holds records that came before, on an earlier page or on this one; the former are put into `known`. */
function findDuplicates({ idHashes }: PageRead, ids: { has(id: bigint): boolean }, known: Set<bigint>): boolean {
  const here = new Set<bigint>();
  let found = false;
  for (const id of idHashes) {
    if (ids.has(id)) known.add(id);
    else if (!here.has(id)) {
      here.add(id);
      continue;
    }
    found = true;
  }
  return found;
}

/** The error `paging_ignored` for a page that is longer than was asked for. */
export function checkLength(pager: SourceAdapter, page: PageRead): SluiceError | undefined {
  if (pager.limit === undefined || page.items <= pager.limit) return undefined;
  return new SluiceError('paging_ignored', `${page.items} items came where at most ${pager.limit} were asked for`);
}
