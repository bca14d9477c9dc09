import type { Clock, Random } from '../../contracts/clock.ts';
import type { Middleware } from '../../contracts/http.ts';
import type { RetryBudget } from '../../contracts/resilience.ts';
import { type StageClock, untimed } from '../../contracts/stages.ts';
import type { RetrySettings } from '../../config/resolved.ts';
import { classify, type SluiceError } from '../../errors.ts';
import { backoffMs } from '../resilience/backoff.ts';
import { delay } from '../resilience/delay.ts';

/** A retry that is about to be waited for. */
export interface RetryNotice {
  readonly key: string;
  /** Number of the attempt that failed. */
  readonly attempt: number;
  /** Wait before the next one; 0 where the rate limiter is what holds it back. */
  readonly delayMs: number;
  readonly error: SluiceError;
}

/** How often and how fast to try again, and who hears of it. */
export interface RetryOptions {
  readonly settings: RetrySettings;
  readonly budget: RetryBudget;
  readonly clock: Clock;
  readonly random: Random;
  readonly onRetry: (notice: RetryNotice) => void;
  /** Counts the requests that wait before a retry. Default: nobody does. */
  readonly stages?: StageClock;
}

/**
 * Tries again what may go better next time, with backoff. Attempts are counted from `request.attempt`, so a request
 * that was put back does not start anew. A retry after `rate_limited` is not counted in the budget: its pause and the
 * limiter protect the upstream, and a budget spent on it would leave none for real failures.
 *
 * Throws the last error with `attempts` set, a `timeout` as `timeout_after_retries`; `circuit_open` goes through
 * with the attempts that were really made; an abort rejects with the signal's reason at once.
 */
export function retry({ settings, budget, clock, random, onRetry, stages = untimed }: RetryOptions): Middleware {
  async function waiting<T>(wait: Promise<T>): Promise<T> {
    stages.enter('backoff');
    try {
      return await wait;
    } finally {
      stages.leave('backoff');
    }
  }

  return (next) =>
    async function retryMiddleware(request) {
      const { key, signal } = request;
      // A page that was put back on the worklist has failed before: its next attempt waits as any retry does.
      if (request.attempt > 1) await waiting(delay(backoffMs(request.attempt - 1, settings, random), clock, signal));
      let error: SluiceError | undefined;
      for (let attempt = request.attempt; ; attempt += 1) {
        let takeBack: (() => void) | undefined;
        if (attempt === 1) takeBack = budget.first();
        else if (error?.code !== 'rate_limited') takeBack = await waiting(budget.spend(signal));
        try {
          const response = await next(attempt === request.attempt ? request : { ...request, attempt });
          return response.attempts === attempt ? response : { ...response, attempts: attempt };
        } catch (thrown) {
          // Whatever an aborted attempt threw, the abort is the reason.
          signal.throwIfAborted();
          error = classify(thrown);
        }
        if (error.code === 'circuit_open') {
          takeBack?.();
          throw error.with({ attempts: attempt - 1 });
        }
        if (!error.retryable || attempt > settings.retries) throw final(error, attempt);
        // A source that asked for a pause has paused its limiter: a backoff on top would only waste the first moments
        // after it.
        const delayMs = error.code === 'rate_limited' ? 0 : backoffMs(attempt, settings, random);
        onRetry({ key, attempt, delayMs, error });
        await waiting(delay(delayMs, clock, signal));
      }
    };
}

function final(error: SluiceError, attempts: number): SluiceError {
  return error.with(error.code === 'timeout' ? { attempts, code: 'timeout_after_retries' } : { attempts });
}
