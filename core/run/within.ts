import type { Clock } from '../contracts/clock.ts';
import { onAbort } from '../on-abort.ts';

export interface Limits {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly ms: number;
  /** Makes the error for work that takes longer. */
  readonly late: () => Error;
  /** Ends the waiting early, with its reason. Default: only time ends it. */
  readonly signal?: AbortSignal;
}

/**
 * Waits for `work` within limits, and rejects when they are reached. The work itself can't be stopped from
 * here: its result, or its failure, is ignored from then on.
 */
export function within<T>(work: Promise<T>, { clock, ms, late, signal }: Limits): Promise<T> {
  let cancel: (() => void) | undefined;
  let stopListening: (() => void) | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    cancel = clock.timer(ms, () => reject(late()));
    if (signal !== undefined) stopListening = onAbort(signal, () => reject(signal.reason));
  });
  return Promise.race([work, limit]).finally(() => {
    // The work may go on for ever: nothing that ends with the wait may be left to it.
    cancel?.();
    stopListening?.();
  });
}
