import type { Clock } from '../../contracts/clock.ts';
import { onAbort } from '../../on-abort.ts';

/** Resolves after `ms`; rejects with the signal's reason as soon as it aborts, and takes its timer along. */
export function delay(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(signal.reason);
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const cancelTimer = clock.timer(ms, () => {
      stopListening();
      resolve();
    });
    const stopListening = onAbort(signal, () => {
      cancelTimer();
      reject(signal.reason);
    });
  });
}
