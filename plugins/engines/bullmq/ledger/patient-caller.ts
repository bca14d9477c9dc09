import { type Clock, onAbort, type SluiceError } from '../../../../core/engine.ts';
import type { RedisConnection } from '../redis/connect.ts';
import { isPassing, redisError } from '../redis/redis-error.ts';
import type { RedisCaller } from './scripts/script.ts';

export interface PatientCallerOptions {
  readonly connection: RedisConnection;
  readonly clock: Clock;
  /** Told of the first of several failures in a row that are more than a lost connection: the server is full. */
  readonly onFailure: (error: SluiceError) => void;
  /** Ends the waiting: what is under way rejects with its reason. */
  readonly signal: AbortSignal;
}

/** Milliseconds between two attempts. */
const retryMs = 250;

/** The server takes no writes: it is full, or its disk is. Both pass when somebody sees to it, and nothing is lost until then. */
const full = /^(?:OOM|MISCONF)\b/;

/** Asks again what failed only for the moment, for as long as that lasts. Every command must be one that can be repeated. */
export function createPatientCaller({ connection, clock, onFailure, signal }: PatientCallerOptions): RedisCaller {
  let failing = false;

  async function call(command: string, args: (string | number | Buffer)[]): Promise<unknown> {
    for (;;) {
      signal.throwIfAborted();
      try {
        const reply = await orAborted(connection.client.callBuffer(command, ...args), signal);
        failing = false;
        return reply;
      } catch (error) {
        signal.throwIfAborted();
        const isFull = error instanceof Error && full.test(error.message);
        if (!isPassing(error) && !isFull) throw error;
        if (isFull && !failing) onFailure(redisError(error, 'keeping the state of the run', connection.where));
        failing = true;
      }
      await orAborted(new Promise<void>((resolve) => clock.timer(retryMs, resolve)), signal);
    }
  }

  return { callBuffer: (command, ...args) => call(command, args) };
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
