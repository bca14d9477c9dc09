import { chmod } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder, sinkError, SluiceError } from '../../../core/plugin.ts';
import { type DuckDatabase, type DuckSettings, openDuckDatabase } from '../duckdb/connection.ts';
import { makeTables } from './tables.ts';

/** How often an occupied file is tried again, in milliseconds. */
const pauseMs = 100;

/** Opens the history to add a run, or makes it, for its owner alone; waits for who has it open. Throws `sink_failed`. */
export async function openHistory(settings: DuckSettings, waitMs: number): Promise<DuckDatabase> {
  await makeFolder(dirname(settings.path), 0o700);
  const database = await whenFree(settings.path, waitMs, () => openDuckDatabase(settings));
  try {
    await chmod(settings.path, 0o600);
    await makeTables(database);
    return database;
  } catch (error) {
    await database.close();
    throw sinkError(error, `opening the history ${settings.path}`);
  }
}

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
        const text = `${path} is in use by ${by}: try again when the run or the query there has ended`;
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
