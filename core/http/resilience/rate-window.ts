import type { Clock } from '../../contracts/clock.ts';
import type { RateLimit } from '../../contracts/source.ts';
import { createAdaptiveLimit } from './adaptive-limit.ts';
import { createStampLog } from './stamp-log.ts';

/** One window of a limit, and the sends in it. */
export interface RateWindow {
  /** Places that the declaration gives it. */
  readonly declared: number;
  /** Places that it has now; fewer than declared after a refusal. */
  readonly allowed: number;
  /** Whether `cost` more places are free, where `unsent` are granted and may be used at any moment. */
  hasRoom(cost: number, unsent: number): boolean;
  /** When the send that came first leaves; Infinity where there is none. Nothing frees a place earlier. */
  readonly firstLeavesAt: number;
  /** Counts one grant, for the way back to what was declared. */
  granted(): void;
  /** Takes in a send at `stamp` and returns its number; with a number, it is that send again, later. */
  sent(stamp: number, cost: number, entry?: number): number;
  /** Takes in what an earlier process sent. */
  recall(sends: readonly { readonly ageMs: number; readonly count: number }[]): void;
  /** Halves what it allows; undefined where that is as low as it can be. */
  lower(): number | undefined;
}

/** Builds a window of `perMs + marginMs` milliseconds, with a log of the sends that lie in it. */
export function createRateWindow(
  { requests, perMs }: RateLimit,
  { marginMs, clock }: { readonly marginMs: number; readonly clock: Clock },
): RateWindow {
  const windowMs = perMs + marginMs;
  const limit = createAdaptiveLimit({ requests, windowMs, clock });
  const log = createStampLog(requests);

  return {
    declared: requests,
    get allowed() {
      return limit.requests;
    },
    hasRoom(cost, unsent) {
      const now = clock.now();
      for (let first = log.first; first !== undefined && first + windowMs <= now; first = log.first) log.dropFirst();
      const used = log.size + unsent;
      // A lowered limit may be less than one request takes: that one goes when nothing else does, or never.
      return used === 0 || used + cost <= limit.requests;
    },
    get firstLeavesAt() {
      return (log.first ?? Infinity) + windowMs;
    },
    granted: () => limit.granted(),
    sent: (stamp, cost, entry) => (entry === undefined ? log.add(stamp, cost) : log.move(entry, stamp, cost)),
    recall(sends) {
      const now = clock.now();
      // More than the limit, where that was another one then, hold back until enough of them have left.
      for (const { ageMs, count } of sends) if (ageMs < windowMs) log.add(now - ageMs, count);
    },
    lower: () => limit.lower(),
  };
}
