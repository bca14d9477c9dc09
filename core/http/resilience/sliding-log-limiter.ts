import type { Clock } from '../../contracts/clock.ts';
import type { Permit, RateLimiter, SendMemory } from '../../contracts/resilience.ts';
import { createAdaptiveLimit } from './adaptive-limit.ts';
import { createStampLog } from './stamp-log.ts';
import { createWaitingLine } from '../../waiting-line.ts';

/** The limit to keep, and the clock by which it is kept. */
export interface SlidingLogOptions {
  /** The most sends in any window. */
  readonly requests: number;
  /** Length of the window, in milliseconds. */
  readonly perMs: number;
  /** Added to the window, in milliseconds: two requests may travel for different times, so arrivals move closer. */
  readonly marginMs: number;
  readonly clock: Clock;
  /** What holds the sends when the process is killed; without one, each limiter begins with none. */
  readonly memory?: SendMemory | undefined;
}

/**
 * Builds a limiter that never lets more than `requests` sends into any window of `perMs + marginMs`, wherever the
 * window begins: the "sliding window log", which remembers each send. A token bucket would let a burst and its
 * refill into one window. While the upstream allows less, `lower` makes it an adaptive limit below `requests`.
 *
 * Each permit must end in `sent()` or `release()`: one that is forgotten counts as used for ever.
 */
export function createSlidingLogLimiter(options: SlidingLogOptions): RateLimiter {
  const { requests, perMs, marginMs, clock, memory } = options;
  const windowMs = perMs + marginMs;
  const limit = createAdaptiveLimit({ requests, windowMs, clock });
  const log = createStampLog(requests);
  const line = createWaitingLine<Permit>({ onEmpty: disarm });
  // Granted but not sent yet: they may be sent at any moment, so they count as used. Counting from the grant instead
  // would let connections that are slow to open arrive together with later requests.
  let unsent = 0;
  let pausedUntil = -Infinity;
  let cancelTimer: (() => void) | undefined;
  if (memory !== undefined) recall(memory);

  /** Goes on where an earlier process ended. Only as many sends as make a limit: those before them hold nobody back. */
  function recall({ sends, pauseMs }: SendMemory): void {
    const now = clock.now();
    if (pauseMs > 0) pausedUntil = now + pauseMs;
    let surplus = sends.reduce((sum, { count }) => sum + count, -requests);
    for (const { ageMs, count } of sends) {
      for (let left = count - Math.max(0, surplus); left > 0; left--) log.add(now - ageMs);
      surplus -= count;
    }
  }

  function hasRoom(): boolean {
    const now = clock.now();
    if (now < pausedUntil) return false;
    for (let first = log.first; first !== undefined && first + windowMs <= now; first = log.first) log.dropFirst();
    return log.size + unsent < limit.requests;
  }

  function serve(): void {
    while (line.length > 0 && hasRoom()) line.serve(grant());
    arm();
  }

  /**
   * Sets the one timer, for the next moment at which there can be room. That moment only ever moves away (pauses get
   * longer, sends get later, the limit is lowered; only a grant raises it, and the line is served until there is no
   * room), so a timer that stands is never too late, and when it rings too early it is set again.
   */
  function arm(): void {
    // A permit that was given back may have served the line before its timer.
    if (line.length === 0) return disarm();
    if (cancelTimer !== undefined) return;
    const now = clock.now();
    // No pause and no send in the log: the permits that are out fill the limit, and their end serves the line.
    const wakeAt = now < pausedUntil ? pausedUntil : (log.first ?? Infinity) + windowMs;
    if (wakeAt === Infinity) return;
    cancelTimer = clock.timer(wakeAt - now, () => {
      cancelTimer = undefined;
      serve();
    });
  }

  function disarm(): void {
    cancelTimer?.();
    cancelTimer = undefined;
  }

  function grant(): Permit {
    unsent += 1;
    limit.granted();
    // Before anybody can send with it: a process that is killed right after a send has no time for a note.
    const note = memory?.granted();
    let entry: number | undefined;
    let ended = false;
    return {
      sent() {
        if (ended) return;
        const now = clock.now();
        note?.sent();
        if (entry !== undefined) {
          entry = log.move(entry, now);
          return;
        }
        unsent -= 1;
        entry = log.add(now);
        // Until now the line may have waited for permits only; now there is a time to wait for.
        arm();
      },
      release() {
        if (ended) return;
        ended = true;
        if (entry !== undefined) return;
        note?.released();
        unsent -= 1;
        serve();
      },
    };
  }

  return {
    acquire(signal, standing) {
      if (signal.aborted) return Promise.reject(signal.reason);
      // Nobody overtakes from outside: with others in line, there is either no room or they are being served.
      if (line.length === 0 && hasRoom()) return Promise.resolve(grant());
      const permit = line.join(signal, standing);
      arm();
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
    lower: () => limit.lower(),
  };
}
