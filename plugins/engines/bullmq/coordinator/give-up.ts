import { type Clock, onAbort, SluiceError } from '../../../../core/engine.ts';
import type { Logger } from '../../../../core/plugin.ts';
import type { Patience } from '../redis/patience.ts';

/** Milliseconds that Redis has for an answer once the run was told to stop: fewer than container engines wait before they kill. */
const awayMs = 5000;

export interface GiveUpOptions {
  /** Ended by giving up: all that waits for Redis rejects with its reason. */
  readonly gone: AbortController;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly where: string;
  /** What becomes of the run then, in words. */
  readonly consequence: () => string;
}

/** Waits for Redis as long as the run goes on, and not much longer once it was told to stop. */
export interface GiveUp {
  /** Aborted where Redis was away for too long. */
  readonly signal: AbortSignal;
  /** From now on the waiting has a bound. */
  stop(this: void): void;
  /** A patience with that bound. */
  bound(patience: Patience): Patience;
  /** Does `work`; undefined where it was ended by giving up. */
  excuse<T>(this: void, work: () => Promise<T>): Promise<T | undefined>;
}

export function createGiveUp({ gone, clock, logger, where, consequence }: GiveUpOptions): GiveUp {
  const stopping = new AbortController();
  const given = new AbortController();

  function giveUp(): void {
    if (given.signal.aborted) return;
    const text = `Redis at ${where} is away, and no longer waited for: ${consequence()}`;
    const error = new SluiceError('redis_unavailable', text);
    logger.warn(error.message, { event: 'redis-given-up' });
    given.abort(error);
    gone.abort(error);
  }

  return {
    signal: given.signal,
    stop: () => stopping.abort(),
    bound: (patience) => async (work) => {
      // Each call on its own: what takes long while Redis answers, such as putting an output together, is not cut off.
      let cancel: (() => void) | undefined;
      const leave = onAbort(stopping.signal, () => {
        cancel = clock.timer(awayMs, giveUp);
      });
      try {
        return await patience(work);
      } finally {
        leave();
        cancel?.();
      }
    },
    async excuse(work) {
      try {
        return await work();
      } catch (thrown) {
        if (!given.signal.aborted || thrown !== given.signal.reason) throw thrown;
        return undefined;
      }
    },
  };
}
