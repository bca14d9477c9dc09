import type { Clock } from '../../contracts/clock.ts';
import type { Permit, RateLimiter, SendMemory } from '../../contracts/resilience.ts';
import type { RateLimit } from '../../contracts/source.ts';
import { createWaitingLine } from '../../waiting-line.ts';
import { costRefused } from './cost-refused.ts';
import { createRateWindow } from './rate-window.ts';

/** The limits to keep, and the clock by which they are kept. */
export interface SlidingLogOptions {
  /** Never more than `requests` sends in any window of `perMs`; all of them hold at once. */
  readonly limits: readonly RateLimit[];
  /** Added to each window, in milliseconds: two requests may travel for different times, so arrivals move closer. */
  readonly marginMs: number;
  readonly clock: Clock;
  /** What holds the sends when the process is killed; without one, each limiter begins with none. */
  readonly memory?: SendMemory | undefined;
}

/**
 * Builds a limiter that never lets more than `requests` sends into any window of `perMs + marginMs`, wherever the
 * window begins, for each of its limits: the "sliding window log", which remembers each send. A token bucket would let
 * a burst and its refill into one window. While the upstream allows less, `lower` makes adaptive limits of them.
 *
 * Each permit must end in `sent()` or `release()`: one that is forgotten counts as used for ever.
 */
export function createSlidingLogLimiter({ limits, marginMs, clock, memory }: SlidingLogOptions): RateLimiter {
  const windows = limits.map((limit) => createRateWindow(limit, { marginMs, clock }));
  const mostPlaces = Math.min(...windows.map(({ declared }) => declared));
  const line = createWaitingLine<Permit>({ onEmpty: disarm, onFirstLeft: serve });
  // Places granted but not sent yet: they may be sent at any moment, so they count as used. Counting from the grant
  // instead would let connections that are slow to open arrive together with later requests.
  let unsent = 0;
  let pausedUntil = -Infinity;
  let timer: { readonly at: number; readonly cancel: () => void } | undefined;
  if (memory !== undefined) {
    if (memory.pauseMs > 0) pausedUntil = clock.now() + memory.pauseMs;
    for (const window of windows) window.recall(memory.sends);
  }

  function hasRoom(cost: number, now: number): boolean {
    let free = now >= pausedUntil;
    // Every window is asked, whatever the others say: it forgets what has left it, and the timer goes by what is left.
    for (const window of windows) free = window.hasRoom(cost, unsent) && free;
    return free;
  }

  function serve(): void {
    // One time for both: were the pause over for `arm` alone, as timers ring up to a millisecond early, nothing would ring
    // again for who waits.
    const now = clock.now();
    // The first alone decides: were others let past one that needs many places, it might wait for ever.
    while (line.length > 0 && hasRoom(line.nextCost, now)) line.serve(grant(line.nextCost));
    arm(now);
  }

  /**
   * Sets the one timer, for the next moment at which any window frees a place. Where that is too early, as the first in
   * line needs more, it is set again when it rings. A timer that stands is too late only where a permit is sent: that
   * send may leave a short window before anything leaves the others.
   */
  function arm(now: number): void {
    // A permit that was given back may have served the line before its timer.
    if (line.length === 0) return disarm();
    let at = pausedUntil;
    if (now >= pausedUntil) {
      // Nothing in any log: the permits that are out fill the limit, and their end serves the line.
      at = Infinity;
      for (const { firstLeavesAt } of windows) at = Math.min(at, firstLeavesAt);
    }
    if (at === Infinity || (timer !== undefined && timer.at <= at)) return;
    disarm();
    const cancel = clock.timer(at - now, () => {
      timer = undefined;
      serve();
    });
    timer = { at, cancel };
  }

  function disarm(): void {
    timer?.cancel();
    timer = undefined;
  }

  function grant(cost: number): Permit {
    unsent += cost;
    for (const window of windows) window.granted();
    // Before anybody can send with it: a process that is killed right after a send has no time for a note.
    const note = memory?.granted(cost);
    let entries: readonly number[] | undefined;
    let ended = false;
    return {
      sent() {
        if (ended) return;
        const now = clock.now();
        note?.sent();
        const isNew = entries === undefined;
        entries = windows.map((window, index) => window.sent(now, cost, entries?.[index]));
        if (!isNew) return;
        unsent -= cost;
        // Until now the line may have waited for permits only; now there is a time to wait for.
        arm(now);
      },
      release() {
        if (ended) return;
        ended = true;
        if (entries !== undefined) return;
        note?.released();
        unsent -= cost;
        serve();
      },
    };
  }

  return {
    acquire(signal, standing) {
      const cost = standing?.cost ?? 1;
      if (!(cost <= mostPlaces)) return Promise.reject(costRefused(cost, limits));
      if (signal.aborted) return Promise.reject(signal.reason);
      // Nobody overtakes from outside: with others in line, there is either no room or they are being served.
      if (line.length === 0 && hasRoom(cost, clock.now())) return Promise.resolve(grant(cost));
      const permit = line.join(signal, standing);
      // Who goes ahead may need less than who was first until now.
      serve();
      return permit;
    },
    pause(ms) {
      const until = clock.now() + ms;
      // Written so that what is no number is no pause.
      if (!(ms > 0 && until > pausedUntil)) return;
      pausedUntil = until;
      memory?.paused(ms);
    },
    pausedFor() {
      return Math.max(0, pausedUntil - clock.now());
    },
    lower() {
      const lowered = windows.map((window) => window.lower());
      // Nobody says which of them was refused, so all are lowered.
      return lowered.every((one) => one === undefined) ? undefined : windows.map(({ allowed }) => allowed);
    },
  };
}
