import type { Middleware } from '../../contracts/http.ts';
import { type StageClock, untimed } from '../../contracts/stages.ts';
import { createWaitingLine } from '../../waiting-line.ts';

/** Lets at most `limit` requests be under way at once; the others wait, first come, first served. */
export function concurrency(limit: number, stages: StageClock = untimed): Middleware {
  const line = createWaitingLine<void>({ onEmpty: () => undefined });
  let running = 0;

  function leave(): void {
    // The slot goes from hand to hand: were it free in between, a newcomer could take it before whoever waits.
    if (!line.serve()) running -= 1;
  }

  async function standInLine(signal: AbortSignal): Promise<void> {
    stages.enter('slot');
    try {
      await line.join(signal);
    } finally {
      stages.leave('slot');
    }
  }

  return (next) =>
    async function concurrencyMiddleware(request) {
      if (running < limit) running += 1;
      else await standInLine(request.signal);
      try {
        // An abort may have come between being served and getting here; the slot is given on below.
        request.signal.throwIfAborted();
        return await next(request);
      } finally {
        leave();
      }
    };
}
