import { open, rename } from 'node:fs/promises';
import { syncFolder } from '../../../core/plugin.ts';
import type { DuckDatabase } from '../duckdb/connection.ts';
import { schema } from '../duckdb/dialect.ts';
import { quoteTable } from '../tables/fit-table.ts';
import { quoteText } from '../tables/quote.ts';
import type { ParquetPaths } from './paths.ts';

/** The table in which the records of a run gather. */
export const table = 'records';

/** Has DuckDB write the whole table to the temporary file, in the order of the ids; the file says which run it is of. */
export async function exportTable(
  database: DuckDatabase,
  { temporary }: ParquetPaths,
  runId: string,
  commits: number,
): Promise<void> {
  const said = `{sluice_run: ${quoteText(runId)}, sluice_commits: ${quoteText(String(commits))}}`;
  // The sort is worth more threads than the loads.
  await database.query('RESET threads');
  await database.query(
    `COPY (SELECT * FROM ${quoteTable({ schema, table })} ORDER BY "id") TO ${quoteText(temporary)} (FORMAT parquet, COMPRESSION zstd, KV_METADATA ${said})`,
  );
}

/** Puts the file in its target's place, durably. */
export async function publish({ temporary, target, folder }: ParquetPaths): Promise<void> {
  const handle = await open(temporary, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, target);
  await syncFolder(folder);
}
