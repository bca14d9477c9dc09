import {
  type AcceptedPage,
  type Clock,
  delay,
  madeAnew,
  mostRounds,
  type PageInput,
  type PageRead,
  type PageUnreadable,
  type PageVerdict,
  SluiceError,
} from '../../../../core/engine.ts';
import type { Claimed, SourceLedger } from '../ledger/ledger.ts';
import type { OpenPage } from '../ledger/open-page.ts';

export interface AcceptOptions {
  readonly page: OpenPage;
  readonly verdict: PageRead;
  readonly input: PageInput;
  /** Tells pages of one listing from those of others that are the same byte for byte. */
  readonly salt: bigint;
  readonly ledger: SourceLedger;
  readonly process: (input: PageInput) => Promise<PageVerdict>;
  readonly clock: Clock;
  /** Ends the waiting for others; rejects with its reason. */
  readonly signal: AbortSignal;
}

/** Longest wait for a page that owns some of this one's records and is not done, in milliseconds. */
const mostUndecidedMs = 60_000;
/** First wait, in milliseconds: about as long as sinks take to commit. */
const firstWaitMs = 100;

/**
 * Decides with the ledger which records of a page are new, as `createAcceptance` does within one process. `stale`: the
 * page is another worker's by now. Throws `pagination_loop` for a page equal to an earlier one of its listing.
 */
export async function acceptPage(options: AcceptOptions): Promise<AcceptedPage | PageUnreadable | 'stale'> {
  const { verdict, input, salt, process } = options;
  const bytesHash = verdict.bytesHash ^ salt;
  let unique = verdict;
  const known = new Set<bigint>();
  for (let round = 0; ; round++) {
    const distinct = new Set(unique.idHashes);
    const claimed = await claim(options, verdict.items > 0 ? bytesHash : undefined, distinct);
    if (claimed.state === 'stale') return 'stale';
    if (claimed.state === 'loop') {
      throw new SluiceError('pagination_loop', 'the page is equal, byte for byte, to an earlier one');
    }
    if (claimed.state === 'duplicates') for (const id of claimed.ids) known.add(id);
    if (claimed.state === 'yours' && distinct.size === unique.idHashes.length) break;
    if (round === mostRounds) return madeAnew;
    const again = await process({ ...input, known: BigUint64Array.from(known) });
    if (!again.ok) return again;
    unique = again;
  }
  return { page: { ...unique, bytesHash }, duplicates: unique.skipped };
}

/** Claims until all is decided: a page whose worker died may come out without what it had claimed, and then it is ours. */
async function claim(
  { page, ledger, clock, signal }: AcceptOptions,
  bytesHash: bigint | undefined,
  ids: ReadonlySet<bigint>,
): Promise<Claimed> {
  const began = clock.now();
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, 1000)) {
    const claimed = await ledger.claim(page, bytesHash, BigUint64Array.from(ids));
    const undecided = 'undecided' in claimed && claimed.undecided;
    // Two pages may wait for each other after both were done anew: then the first to have claimed keeps it.
    if (!undecided || clock.now() - began >= mostUndecidedMs) return claimed;
    await delay(waitMs, clock, signal);
  }
}
