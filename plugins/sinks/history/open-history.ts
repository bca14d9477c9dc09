import { chmod } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder, sinkError } from '../../../core/plugin.ts';
import { type DuckDatabase, type DuckSettings, openDuckDatabase } from '../duckdb/connection.ts';
import { whenFree } from '../duckdb/when-free.ts';
import { makeTables } from './tables.ts';

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
