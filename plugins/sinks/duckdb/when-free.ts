import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../../core/plugin.ts';

/** How often an occupied file is tried again, in milliseconds. */
const pauseMs = 100;

/**
 * Opens a file when the process that has it lets go of it, within `waitMs` milliseconds: DuckDB lets either one write or
 * several read. Throws `sink_failed`, with a word on who has it, and what `open` throws.
 */
export async function whenFree<Opened>(path: string, waitMs: number, open: () => Promise<Opened>): Promise<Opened> {
  for (let waited = 0; ; waited += pauseMs) {
    try {
      return await open();
    } catch (error) {
      if (!isOccupied(error)) throw error;
      if (waited >= waitMs) {
        const holder = /PID (\d+)/.exec(error.message)?.[1];
        const by = holder === undefined ? 'another process' : `the process ${holder}`;
        const text = `${path} is in use by ${by}: try again when that has let go of it`;
        throw new SluiceError('sink_failed', text, { cause: error });
      }
      await sleep(pauseMs);
    }
  }
}

/** DuckDB has no codes for its errors. The second is what it says on Windows. */
function isOccupied(error: unknown): error is Error {
  return error instanceof Error && /Could not set lock|used by another process/.test(error.message);
}
