import type { Clock, Storm } from '../../../../core/engine.ts';
import type { LimiterCall, LimiterReply } from './limiter-protocol.ts';

/** What all workers know of refusals in a row, as this one sees it. */
export interface SharedStorm {
  /** As the client's chain reads and writes it. */
  readonly storm: Storm;
  /** Whether this worker has something to tell the others. */
  readonly hasNews: boolean;
  /** What that is; undefined where it is nothing. */
  news(): LimiterCall['storm'];
  /** Takes in what all of them know. */
  learn(reply: LimiterReply): void;
}

/** Builds the view of a storm that has not begun. `onNews` is called when there is something to tell. */
export function createSharedStorm(clock: Clock, onNews: () => void): SharedStorm {
  let steps = 0;
  let pauseEndsAt = -Infinity;
  let lowerAgainAt = -Infinity;
  let hasNews = false;

  function tell(): void {
    hasNews = true;
    onNews();
  }

  return {
    storm: {
      get steps() {
        return steps;
      },
      set steps(value) {
        // Every success sets it to 0: only the first after a refusal is news.
        if (value === steps) return;
        steps = value;
        tell();
      },
      get pauseEndsAt() {
        return pauseEndsAt;
      },
      set pauseEndsAt(value) {
        if (value === pauseEndsAt) return;
        pauseEndsAt = value;
        tell();
      },
      get lowerAgainAt() {
        return lowerAgainAt;
      },
      set lowerAgainAt(value) {
        if (value === lowerAgainAt) return;
        lowerAgainAt = value;
        tell();
      },
    },
    get hasNews() {
      return hasNews;
    },
    news() {
      if (!hasNews) return undefined;
      hasNews = false;
      const now = clock.now();
      return { steps, pauseMs: spanTo(pauseEndsAt, now), lowerMs: spanTo(lowerAgainAt, now) };
    },
    learn(reply) {
      const now = clock.now();
      // What is not told yet is newer than the answer.
      if (!hasNews) steps = reply.steps;
      pauseEndsAt = Math.max(pauseEndsAt, now + reply.stormMs);
      lowerAgainAt = Math.max(lowerAgainAt, now + reply.lowerMs);
    },
  };
}

/** JSON has no infinity; what is over is over. */
function spanTo(end: number, now: number): number {
  return Math.max(-1, end - now);
}
