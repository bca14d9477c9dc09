import type { Clock } from '../../contracts/clock.ts';
import type { HttpRequest, Middleware } from '../../contracts/http.ts';
import type { CircuitBreaker, Permit, RateLimiter } from '../../contracts/resilience.ts';
import { type StageClock, untimed } from '../../contracts/stages.ts';
import { withPhases } from '../with-phases.ts';

/** Which limiter holds the requests back, and who hears of the waiting. */
export interface RateLimitOptions {
  readonly limiter: RateLimiter;
  /** Looked at again when the permit is there: it may have opened meanwhile. Default: none is. */
  readonly breaker?: Pick<CircuitBreaker, 'era' | 'assertLets'> | undefined;
  readonly clock: Clock;
  /** Told of each request that had to wait, with the milliseconds and the key of its page. */
  readonly onWait: (ms: number, key: string) => void;
  /** Told at the first request of a pause in force by then, with the milliseconds left. Default: nobody is. */
  readonly onPaused?: (ms: number) => void;
  /** Counts the requests that wait, and those on the wire. Default: nobody does. */
  readonly stages?: StageClock;
}

/** Shorter is no wait, but the time that the call itself takes. */
const shortestWaitMs = 1;

/** Runs what waits for it as `queueMicrotask` does, which would track each one for debuggers, at several times the cost. */
const turnEnded = Promise.resolve();

/**
 * Holds each request until the limiter lets it go, and tells the limiter when it is really on the wire. One that the breaker
 * would not let through any more gives its permit back, and is refused with `circuit_open`.
 */
export function rateLimit(options: RateLimitOptions): Middleware {
  const { limiter, breaker, clock, onWait, onPaused, stages = untimed } = options;
  let isFirst = true;
  return (next) =>
    async function rateLimitMiddleware(request) {
      if (isFirst) {
        isFirst = false;
        const leftMs = limiter.pausedFor();
        if (leftMs > 0) onPaused?.(leftMs);
      }
      const askedAt = clock.now();
      const era = breaker?.era;
      // Who was refused before goes first when the pause ends: behind all that were never sent, it would meet the next
      // refusal, and the next, until its attempts are used up.
      stages.enter('limiter');
      let permit: Permit;
      try {
        permit = await limiter.acquire(request.signal, { ahead: request.attempt > 1, cost: request.cost });
      } catch (aborted) {
        stages.leave('limiter');
        throw aborted;
      }
      stages.move('limiter', 'wire');
      let told = false;
      const onPhase: NonNullable<HttpRequest['onPhase']> = (phase) => {
        if (phase === 'sent') {
          told = true;
          permit.sent();
          // Once more as soon as this turn is over: a transport may tell just before it writes, and a pause of the
          // process in between would make the stamp too early. The second stamp can only move it to the safe side.
          void turnEnded.then(() => permit.sent());
        }
        request.onPhase?.(phase);
      };
      try {
        const waitedMs = clock.now() - askedAt;
        if (waitedMs >= shortestWaitMs) onWait(waitedMs, request.key);
        // An abort may have come between the grant and getting here; the permit is given back below, and goes to the next.
        request.signal.throwIfAborted();
        // It may have waited for long: what was known of the upstream then is old.
        if (era !== undefined) breaker?.assertLets(era);
        const response = await next(withPhases(request, onPhase));
        // Who answers was asked, even if the transport does not tell its phases.
        if (!told) permit.sent();
        return response;
      } finally {
        stages.leave('wire');
        permit.release();
      }
    };
}
