import { type Clock, onAbort, type SluiceError } from '../../../../core/engine.ts';
import type { RedisConnection } from '../redis/connect.ts';
import { isPassing, redisError } from '../redis/redis-error.ts';
import type { RedisCaller } from './scripts/script.ts';

export interface PatienceOptions {
  readonly connection: RedisConnection;
  readonly clock: Clock;
  /** Told of the first of several failures in a row that are more than a lost connection: the server is full. */
  readonly onFailure: (error: SluiceError) => void;
  /** Ends the waiting: what is under way rejects with its reason. */
  readonly signal: AbortSignal;
}

/** Does again what failed only for the moment, for as long as that lasts. It must be something that can be repeated. */
export type Patience = <T>(work: () => Promise<T>) => Promise<T>;

/** Milliseconds between two attempts. */
const retryMs = 250;

/** The server takes no writes: it is full, or its disk is. Both pass when somebody sees to it, and nothing is lost until then. */
const full = /\b(?:OOM command not allowed|MISCONF)\b/;

export function createPatience({ connection, clock, onFailure, signal }: PatienceOptions): Patience {
  let failing = false;
  return async (work) => {
    for (;;) {
      signal.throwIfAborted();
      try {
        const reply = await orAborted(work(), signal);
        failing = false;
        return reply;
      } catch (error) {
        signal.throwIfAborted();
        const isFull = error instanceof Error && full.test(error.message);
        if (!isPassing(error) && !isFull) throw error;
        if (isFull && !failing) {
          failing = true;
          onFailure(redisError(error, 'keeping the state of the run', connection.where));
        }
      }
      await orAborted(new Promise<void>((resolve) => clock.timer(retryMs, resolve)), signal);
    }
  };
}

/** Commands that wait for a server that takes them. Each must be one that can be repeated. */
export function createPatientCaller({ client }: RedisConnection, patience: Patience): RedisCaller {
  return { callBuffer: (command, ...args) => patience(() => client.callBuffer(command, ...args)) };
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
