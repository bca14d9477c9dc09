import type { PageInput, PageVerdict } from '../contracts/batch.ts';
import type { Ask } from '../contracts/enricher.ts';
import { none } from './in-hand.ts';
import type { ItemFault } from './reject.ts';
import { afterLoss, type ThreadLoss, type WaitingPage } from './thread-loss.ts';
import { workerFailure } from './worker-failure.ts';

/** Threads that the pages of one source may cost in a run. */
const maxThreadsLost = 20;

/** The pages that wait for a thread, and what is known of those that cost one. */
export interface PageQueue {
  readonly add: (page: PageInput, settle: (verdict: PageVerdict) => void, ask?: Ask) => void;
  /**
   * The next batch, of at least one page and of one source; empty where nothing can go to a thread now. Behind another
   * batch only pages of the same source go, and no suspects: see `pool.ts`.
   */
  readonly take: (behind?: readonly WaitingPage[]) => readonly WaitingPage[];
  /** Puts the pages of a thread that is gone back to the front, but for those that fail of it; none does without a loss. */
  readonly putBack: (batch: readonly WaitingPage[], loss: ThreadLoss | undefined) => void;
  /** Says that a batch is no longer under way. */
  readonly done: (batch: readonly WaitingPage[]) => void;
  /** Fails whatever waits. */
  readonly clear: (message: string) => void;
}

/** `batchBytes` are the bytes of pages that go to a thread at once; a larger page goes alone. */
export function createPageQueue(batchBytes: number): PageQueue {
  const waiting: WaitingPage[] = [];
  const threadsLost = new Map<string, number>();
  // A page that holds duplicates comes a second time, with the same bytes: what cost a thread once is enough.
  const poisonedIn = new WeakMap<Uint8Array, ReadonlyMap<number, ItemFault>>();
  let apartUnderWay = false;

  const isSpent = (source: string): boolean => (threadsLost.get(source) ?? 0) >= maxThreadsLost;

  function spentFailure(source: string): PageVerdict {
    return workerFailure(`pages of ${source} cost ${maxThreadsLost} worker threads: it is given no further one`);
  }

  function countLoss(source: string): void {
    threadsLost.set(source, (threadsLost.get(source) ?? 0) + 1);
    if (!isSpent(source)) return;
    for (const { page, settle } of waiting) if (page.source === source) settle(spentFailure(source));
    const kept = waiting.filter(({ page }) => page.source !== source);
    waiting.splice(0, waiting.length, ...kept);
  }

  return {
    add(page, settle, ask) {
      if (isSpent(page.source)) return settle(spentFailure(page.source));
      const poisoned = poisonedIn.get(page.bytes);
      const known = poisoned === undefined ? page : { ...page, poisoned };
      waiting.push({ page: known, deaths: 0, alone: false, apart: false, ask, settle });
    },
    take(behind) {
      const start = apartUnderWay ? waiting.findIndex(({ apart }) => !apart) : 0;
      const first = waiting[start];
      if (first === undefined || (behind !== undefined && !mayFollow(first, behind))) return [];
      // Pages of one source only: a plugin that never loads, or ends its thread later, is to hold up no other source.
      const batch = new Set([first]);
      let bytes = first.page.bytes.length;
      for (let index = start + 1; !first.alone && index < waiting.length; index++) {
        const next = waiting[index];
        if (next === undefined || next.page.source !== first.page.source) continue;
        bytes += next.page.bytes.length;
        if (next.alone || bytes > batchBytes) break;
        batch.add(next);
      }
      apartUnderWay ||= first.apart;
      const left = waiting.filter((page) => !batch.has(page));
      waiting.splice(0, waiting.length, ...left);
      return [...batch];
    },
    putBack(batch, loss) {
      const again: WaitingPage[] = [];
      batch.forEach((item, index) => {
        const next = loss === undefined ? item : afterLoss(item, index, loss);
        if ('failed' in next) return item.settle(workerFailure(next.failed));
        const { poisoned, bytes, source } = next.page;
        if (poisoned !== undefined) poisonedIn.set(bytes, poisoned);
        if (isSpent(source)) return item.settle(spentFailure(source));
        again.push(next);
      });
      waiting.unshift(...again);
      const blamed = loss === undefined || loss.place.page === none ? undefined : batch[loss.place.page];
      if (blamed !== undefined && loss?.why !== 'memory-unsure') countLoss(blamed.page.source);
    },
    done(batch) {
      if (batch.some(({ apart }) => apart)) apartUnderWay = false;
    },
    clear(message) {
      for (const { settle } of waiting.splice(0)) settle(workerFailure(message));
    },
  };
}

/** What stands behind a page that a thread may hang on waits with it: it has to share its source, and its good name. */
function mayFollow(next: WaitingPage, behind: readonly WaitingPage[]): boolean {
  return !next.alone && behind.every(({ page, alone }) => page.source === next.page.source && !alone);
}
