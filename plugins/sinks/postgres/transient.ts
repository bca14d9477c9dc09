import { setTimeout as wait } from 'node:timers/promises';

/**
 * SQLSTATEs after which the same transaction can succeed: connection lost, server restarting, too many connections, and
 * two transactions in each other's way (PostgreSQL manual, appendix A).
 */
const states = /^(?:08...|57P0[123]|53300|40001|40P01)$/;
const systemCodes: ReadonlySet<string> = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT']);

/** Whether it was the connection, or the moment, that failed. */
function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  // The driver has no code for a connection that ends in the middle of something.
  return states.test(code) || systemCodes.has(code) || error.message.startsWith('Connection terminated');
}

/** Milliseconds before each further attempt. The first comes at once: one lost connection says nothing of the next. */
const waits = [0, 200, 1000, 3000];

/** Does what can be done again, up to five times while it is only the connection that fails. Throws the last failure. */
export async function withReconnect<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (const ms of waits) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error) || signal.aborted) throw error;
    }
    await wait(ms, undefined, { signal });
  }
  return work();
}
