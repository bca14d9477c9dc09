import type { RedisConnection } from '../redis/connect.ts';
import { createPatience, type Patience, type PatienceOptions } from '../redis/patience.ts';
import type { RedisCaller } from './scripts/script.ts';

/** The server takes no writes: it is full, or its disk is. Both pass when somebody sees to it, and nothing is lost until then. */
const full = /\b(?:OOM command not allowed|MISCONF)\b/;

/** The patience with which the state of a run is kept. */
export function createLedgerPatience(options: Omit<PatienceOptions, 'doing' | 'isLasting'>): Patience {
  return createPatience({
    ...options,
    doing: 'keeping the state of the run',
    isLasting: (error) => error instanceof Error && full.test(error.message),
  });
}

/** Commands that wait for a server that takes them. Each must be one that can be repeated. */
export function createPatientCaller({ client }: RedisConnection, patience: Patience): RedisCaller {
  return { callBuffer: (command, ...args) => patience(() => client.callBuffer(command, ...args)) };
}
