import type { Clock } from '../../contracts/clock.ts';
import type { RetryBudget } from '../../contracts/resilience.ts';
import { createBucketedWindow } from './bucketed-window.ts';
import { createWaitingLine } from '../../waiting-line.ts';

/** Over which time the budget counts, and what is always in it. */
export interface RetryBudgetOptions {
  readonly clock: Clock;
  /** Time over which attempts are counted, in milliseconds. */
  readonly windowMs: number;
  /** Retries that always fit into a window, however few first attempts there were. */
  readonly minimum: number;
}

/** As many retries as first attempts in a minute, and these many in any case. */
export const retryBudgetSettings = { windowMs: 60_000, minimum: 20 };

/**
 * Builds a budget: in any window, at most as many retries as first attempts, or `minimum` if that is more. An upstream
 * in trouble is asked at most twice as often as a healthy one, where each request alone would retry several times.
 * Retries after a refusal for the rate are not brought here: the limiter holds them back.
 */
export function createRetryBudget({ clock, windowMs, minimum }: RetryBudgetOptions): RetryBudget {
  const firsts = createBucketedWindow({ windowMs, clock });
  const retries = createBucketedWindow({ windowMs, clock });
  const line = createWaitingLine<() => void>({ onEmpty: disarm });
  let cancelTimer: (() => void) | undefined;

  function hasRoom(): boolean {
    return retries.total() < Math.max(minimum, firsts.total());
  }

  function count(): () => void {
    const takeBack = retries.add();
    return () => {
      takeBack();
      serve();
    };
  }

  function serve(): void {
    while (line.length > 0 && hasRoom()) line.serve(count());
    arm();
  }

  /** One timer for the whole line, for when the oldest retries stop to count. */
  function arm(): void {
    disarm();
    if (line.length === 0) return;
    const waitMs = retries.expiresIn();
    if (waitMs !== undefined) cancelTimer = clock.timer(waitMs, serve);
    // The last ones have stopped to count since there was no room: nothing else would serve the line.
    else if (hasRoom()) serve();
  }

  function disarm(): void {
    cancelTimer?.();
    cancelTimer = undefined;
  }

  return {
    first() {
      const takeBack = firsts.add();
      // One more first attempt makes room for one more retry.
      if (line.length > 0) serve();
      return takeBack;
    },
    spend(signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      if (line.length === 0 && hasRoom()) return Promise.resolve(count());
      const counted = line.join(signal);
      arm();
      return counted;
    },
  };
}
