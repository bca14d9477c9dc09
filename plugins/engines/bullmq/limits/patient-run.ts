import { isPassing } from '../redis/redis-error.ts';
import { createPatience, type PatienceOptions } from '../redis/patience.ts';
import type { RedisConnection } from '../redis/connect.ts';
import type { RedisScript } from '../redis/script.ts';

/** How to run scripts that must be answered some time, whatever happens to the server. */
export interface PatientRunOptions extends Omit<PatienceOptions, 'connection' | 'doing' | 'isLasting'> {
  readonly connection: RedisConnection;
}

/** Runs a script, again and again until it has run. */
export type PatientRun = (
  script: RedisScript,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<unknown>;

/** Builds it. Its promise rejects with the signal's reason alone. */
export function createPatientRun({ connection, ...options }: PatientRunOptions): PatientRun {
  const patience = createPatience({
    ...options,
    connection,
    doing: 'keeping the limits of all workers',
    // No memory, no permission: without the limits nothing may be sent.
    isLasting: (error) => !isPassing(error),
  });
  return (script, keys, args) => patience(() => script.run(connection.client, keys, args));
}
