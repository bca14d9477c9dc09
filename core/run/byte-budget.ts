import { createWaitingLine } from '../waiting-line.ts';

/** What a page takes beside its body while it is under way, in bytes: a million tiny pages are not free either. */
const pageOverhead = 8 * 1024;

/** Counts the bytes that were fetched and not yet written, so that a slow sink slows the fetchers. */
export interface ByteBudget {
  /** Resolves while less than the maximum is held; rejects with the signal's reason. */
  room(signal: AbortSignal): Promise<void>;
  /** Holds a page of `bytes` until the returned function is called; a second call does nothing. */
  hold(bytes: number): () => void;
}

/**
 * The bound is checked before a fetch, when the size of the page is not known yet: what is held can exceed
 * `maxBytes` by the pages that were on their way at that moment.
 */
export function createByteBudget(maxBytes: number): ByteBudget {
  let held = 0;
  const line = createWaitingLine<void>({ onEmpty: () => undefined });

  return {
    room: (signal) => (held < maxBytes && !signal.aborted ? Promise.resolve() : line.join(signal)),
    hold(bytes) {
      const size = bytes + pageOverhead;
      held += size;
      let released = false;
      return () => {
        if (released) return;
        released = true;
        held -= size;
        // All who wait go at once: each fetches one page, and the limiter and concurrency bound how many that is.
        if (held < maxBytes) while (line.serve());
      };
    },
  };
}
