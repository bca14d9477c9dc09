import { onAbort } from '../http/on-abort.ts';

/** Counts the bytes that were fetched and not yet written, so that a slow sink slows the fetchers. */
export interface ByteBudget {
  /** Resolves while less than the maximum is held; rejects with the signal's reason. First come, first served. */
  room(signal: AbortSignal): Promise<void>;
  /** Holds `bytes` until the returned function is called; a second call does nothing. */
  hold(bytes: number): () => void;
  readonly held: number;
}

/**
 * The bound is checked before a fetch, when the size of the page is not known yet: what is held can exceed
 * `maxBytes` by the pages that were on their way at that moment.
 */
export function createByteBudget(maxBytes: number): ByteBudget {
  let held = 0;
  const waiting = new Set<() => void>();

  return {
    room(signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      if (held < maxBytes && waiting.size === 0) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const enter = (): void => {
          waiting.delete(enter);
          stopListening();
          resolve();
        };
        const stopListening = onAbort(signal, () => {
          waiting.delete(enter);
          reject(signal.reason);
        });
        waiting.add(enter);
      });
    },
    hold(bytes) {
      held += bytes;
      let released = false;
      return () => {
        if (released) return;
        released = true;
        held -= bytes;
        if (held >= maxBytes) return;
        // All who wait go at once: each fetches one page, and the limiter and concurrency bound how many that is.
        for (const enter of waiting) enter();
      };
    },
    get held() {
      return held;
    },
  };
}
