import type { Middleware } from '../../contracts/http.ts';
import type { CircuitBreaker } from '../../contracts/resilience.ts';
import { type StageClock, untimed } from '../../contracts/stages.ts';
import { createWaitingLine } from '../../waiting-line.ts';

/** How many requests at once, and what may have become of the upstream while others waited. */
export interface ConcurrencyOptions {
  readonly limit: number;
  /** Looked at again by who has waited. Default: none is. */
  readonly breaker?: Pick<CircuitBreaker, 'era' | 'assertLets'> | undefined;
  /** Counts the requests that wait. Default: nobody does. */
  readonly stages?: StageClock;
}

/**
 * Lets at most `limit` requests be under way at once; the others wait, first come, first served. Who has waited while the
 * breaker opened is refused with its `circuit_open`.
 */
export function concurrency({ limit, breaker, stages = untimed }: ConcurrencyOptions): Middleware {
  const line = createWaitingLine<void>({ onEmpty: () => undefined });
  let running = 0;

  function leave(): void {
    // The slot goes from hand to hand: were it free in between, a newcomer could take it before whoever waits.
    if (!line.serve()) running -= 1;
  }

  async function standInLine(signal: AbortSignal): Promise<number | undefined> {
    const era = breaker?.era;
    stages.enter('slot');
    try {
      await line.join(signal);
    } finally {
      stages.leave('slot');
    }
    return era;
  }

  return (next) =>
    async function concurrencyMiddleware(request) {
      let era: number | undefined;
      if (running < limit) running += 1;
      else era = await standInLine(request.signal);
      try {
        // An abort may have come between being served and getting here; the slot is given on below.
        request.signal.throwIfAborted();
        if (era !== undefined) breaker?.assertLets(era);
        return await next(request);
      } finally {
        leave();
      }
    };
}
