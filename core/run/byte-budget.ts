import type { Clock } from '../contracts/clock.ts';
import { systemClock } from '../system-clock.ts';
import { createWaitingLine } from '../waiting-line.ts';

/** What a page takes beside its body while it is under way, in bytes: a million tiny pages are not free either. */
const pageOverhead = 8 * 1024;

/** What a page is taken for before one has come, in bytes. */
const firstGuess = 64 * 1024;

/** How much the latest page counts for what the next one will take. */
const weightOfLatest = 1 / 16;

/**
 * Milliseconds for which room is kept for a page that was let go and has not come. Longer, and a source that waits for
 * its limiter, or an upstream that does not answer, would take room from the others; shorter, and the pages of a thousand
 * sources would be on their way before the first of them is counted.
 */
const keptMs = 50;

/** Counts the bytes that were fetched and not yet written, so that a slow sink slows the fetchers. */
export interface ByteBudget {
  /** Whether there is room for one more page, which then has it. Nobody overtakes those who wait. */
  admit(): boolean;
  /** Resolves when there is, first come, first served; rejects with the signal's reason. */
  room(signal: AbortSignal): Promise<void>;
  /** Holds a page of `bytes` until the returned function is called; a second call does nothing. */
  hold(bytes: number): () => void;
}

/**
 * The bound is checked before a fetch, when the size of the page is not known yet: it counts as one like the latest. What
 * is held can exceed `maxBytes` by what is larger than those, and by pages that took longer to come than room is kept for.
 */
export function createByteBudget(maxBytes: number, clock: Clock = systemClock): ByteBudget {
  let held = 0;
  let average = firstGuess;
  /** Pages that were let go since `keptFrom` and have not come. */
  let expected = 0;
  let keptFrom = clock.now();
  let cancelTimer: (() => void) | undefined;
  const line = createWaitingLine<void>({ onEmpty: stopTimer });

  function stopTimer(): void {
    cancelTimer?.();
    cancelTimer = undefined;
  }

  /** Room for one more, as long as less than the maximum is held or about to come. */
  function take(): boolean {
    const now = clock.now();
    if (now - keptFrom >= keptMs) {
      keptFrom = now;
      expected = 0;
    }
    if (held + expected * average >= maxBytes) return false;
    expected += 1;
    return true;
  }

  function serve(): void {
    while (line.length > 0 && take()) line.serve();
    if (line.length === 0) return stopTimer();
    // Nothing else may tell of room that is not kept any more.
    cancelTimer ??= clock.timer(keptMs, () => {
      cancelTimer = undefined;
      serve();
    });
  }

  return {
    admit: () => line.length === 0 && take(),
    room(signal) {
      const served = line.join(signal);
      serve();
      return served;
    },
    hold(bytes) {
      const size = bytes + pageOverhead;
      average += (size - average) * weightOfLatest;
      expected = Math.max(0, expected - 1);
      held += size;
      let released = false;
      return () => {
        if (released) return;
        released = true;
        held -= size;
        serve();
      };
    },
  };
}
