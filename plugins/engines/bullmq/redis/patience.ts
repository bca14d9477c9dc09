import { type Clock, delay, onAbort, type SluiceError } from '../../../../core/engine.ts';
import type { RedisConnection } from './connect.ts';
import { isPassing, redisError } from './redis-error.ts';

/** How to wait for a server that must answer some time. */
export interface PatienceOptions {
  readonly connection: Pick<RedisConnection, 'where'>;
  readonly clock: Clock;
  /** What the work is there for, in words. */
  readonly doing: string;
  /** Whether a failure is one to wait for although somebody has to see to it: he is told. */
  readonly isLasting: (error: unknown) => boolean;
  /** Told of the first of several such failures in a row. */
  readonly onFailure: (error: SluiceError) => void;
  /** Ends the waiting: what is under way rejects with its reason. */
  readonly signal: AbortSignal;
}

/** Does again what failed only for the moment, for as long as that lasts. It must be something that can be repeated. */
export type Patience = <T>(work: () => Promise<T>) => Promise<T>;

/** Milliseconds between two attempts. */
const retryMs = 250;

/** Builds it. Rejects with the signal's reason, and with a failure that neither passes by itself nor is lasting. */
export function createPatience(options: PatienceOptions): Patience {
  const { connection, clock, doing, isLasting, onFailure, signal } = options;
  let failing = false;
  return async (work) => {
    for (;;) {
      signal.throwIfAborted();
      try {
        // A command that waits for a lost connection ends with the signal.
        const reply = await orAborted(work(), signal);
        failing = false;
        return reply;
      } catch (error) {
        signal.throwIfAborted();
        const lasting = isLasting(error);
        if (!lasting && !isPassing(error)) throw error;
        if (lasting && !failing) {
          failing = true;
          onFailure(redisError(error, doing, connection.where));
        }
      }
      await delay(retryMs, clock, signal);
    }
  };
}

/** Waits for `work` until `signal` aborts; leaves nothing on the signal. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let leave: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    leave = onAbort(signal, () => reject(signal.reason as Error));
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    leave?.();
  }
}
