import { type Clock, onAbort, type SluiceError } from '../../../../core/engine.ts';
import type { RedisConnection } from '../redis/connect.ts';
import { isPassing, redisError } from '../redis/redis-error.ts';
import type { RedisScript } from '../redis/script.ts';

/** How to run scripts that must be answered some time, whatever happens to the server. */
export interface PatientOptions {
  readonly connection: RedisConnection;
  readonly clock: Clock;
  /** Told of the first of several failures in a row that are more than a lost connection: out of memory, no permission. */
  readonly onFailure: (error: SluiceError) => void;
  /** Ends the waiting; what is under way rejects with its reason. */
  readonly signal: AbortSignal;
}

/** Runs a script, again and again until it has run. */
export type PatientRun = (
  script: RedisScript,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<unknown>;

/** Milliseconds between two attempts. */
const retryMs = 250;

/** Builds it. Its promise rejects with the signal's reason alone. */
export function createPatientRun({ connection, clock, onFailure, signal }: PatientOptions): PatientRun {
  let failing = false;
  return async (script, keys, args) => {
    for (;;) {
      signal.throwIfAborted();
      try {
        // A command that waits for a lost connection ends with the signal.
        const reply = await orAborted(script.run(connection.client, keys, args), signal);
        failing = false;
        return reply;
      } catch (error) {
        signal.throwIfAborted();
        if (!isPassing(error) && !failing) {
          failing = true;
          onFailure(redisError(error, 'keeping the limits of all workers', connection.where));
        }
      }
      await orAborted(new Promise<void>((resolve) => clock.timer(retryMs, resolve)), signal);
    }
  };
}

/** Waits for `work` until `signal` aborts; leaves nothing on the signal. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stopListening: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stopListening = onAbort(signal, () => reject(signal.reason));
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stopListening?.();
  }
}
