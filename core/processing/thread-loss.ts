/** What becomes of the pages whose thread is gone: whoever is to blame pays, and nobody else. */
import type { PageVerdict } from '../contracts/batch.ts';
import type { Ask } from '../contracts/enricher.ts';
import { none, type Place } from './in-hand.ts';
import type { SuspectPage } from './protocol.ts';
import type { ItemFault } from './reject.ts';

/** Records of one page that may cost a thread each; one more fails the page. */
const maxPoisoned = 3;

/** A page that waits for a thread. */
export interface WaitingPage {
  readonly page: SuspectPage;
  /** Threads that went while they had the page in hand, but none of its records. */
  readonly deaths: number;
  /** Gets a thread to itself: a thread died of it, or may have. */
  readonly alone: boolean;
  /** Only one such page is under way at once, so that it is known whose memory grows. */
  readonly apart: boolean;
  /** For its enrichers. */
  readonly ask: Ask | undefined;
  readonly settle: (verdict: PageVerdict) => void;
}

/** Why a thread is gone, and what it had in hand. */
export interface ThreadLoss {
  readonly why: 'timeout' | 'memory' | 'memory-unsure' | 'crash';
  readonly place: Place;
  /** In words, for people. */
  readonly message: string;
}

/**
 * What becomes of the page at `index` of the task: how it is tried again, or why it fails. A record in hand is the
 * reject of the page's next try; what happens outside of a record may have been left behind by another page, so that
 * the page gets one more try.
 */
export function afterLoss(waiting: WaitingPage, index: number, loss: ThreadLoss): WaitingPage | { failed: string } {
  const { place, why, message } = loss;
  if (place.page !== index && place.page !== none) return waiting;
  if (why === 'memory-unsure') return { ...waiting, alone: true, apart: true };
  if (place.page === none || place.item < 0) {
    if (waiting.deaths > 0) return { failed: message };
    return { ...waiting, alone: true, deaths: waiting.deaths + 1 };
  }
  const { poisoned = new Map<number, ItemFault>() } = waiting.page;
  if (poisoned.has(place.item)) return { failed: message };
  if (poisoned.size === maxPoisoned)
    return { failed: `more than ${maxPoisoned} of its records cost a thread each; the last: ${message}` };
  const fault: ItemFault = { reason: why === 'timeout' ? 'record_timeout' : 'record_crashed', message };
  const page = { ...waiting.page, poisoned: new Map(poisoned).set(place.item, fault) };
  return { ...waiting, alone: true, page };
}
