import type { Clock } from '../../contracts/clock.ts';
import type { BreakerSettings } from '../../config/resolved.ts';
import { createBucketedWindow } from './bucketed-window.ts';

/** What lately came of attempts, as long as a circuit is closed. */
export interface FailureCount {
  /** Counts a failure; returns the reason to open in words, undefined where there is none. */
  failed(): string | undefined;
  answered(): void;
  clear(): void;
}

/** Builds a count that says when it is time to open: too many failures in a row, or too large a share of a window. */
export function createFailureCount(
  { failures, failureRate, minimumResults, windowMs }: BreakerSettings,
  clock: Clock,
): FailureCount {
  const results = createBucketedWindow({ windowMs, clock });
  const failed = createBucketedWindow({ windowMs, clock });
  let streak = 0;
  return {
    failed() {
      streak += 1;
      results.add();
      failed.add();
      if (streak >= failures) return `${streak} failures in a row`;
      const total = results.total();
      const share = failed.total() / total;
      const isMost = total >= minimumResults && share >= failureRate;
      return isMost ? `${Math.round(share * 100)} % of ${total} requests failed` : undefined;
    },
    answered() {
      streak = 0;
      results.add();
    },
    clear() {
      streak = 0;
      results.clear();
      failed.clear();
    },
  };
}
