import { type SinkContext, SluiceError } from '../../../core/plugin.ts';
import type { DuckDatabase } from '../duckdb/connection.ts';
import { dialect, schema } from '../duckdb/dialect.ts';
import { columnsOf } from '../tables/columns.ts';
import { fitTable, quoteTable } from '../tables/fit-table.ts';
import { insertStatement } from '../tables/merge.ts';
import { quoteName, quoteText } from '../tables/quote.ts';
import { openRunLog } from '../tables/run-log.ts';
import { table } from './export.ts';

/**
 * Fills an empty store with what the run had published: its file is all that is left where it was killed right after its
 * end. Throws `sink_failed` where the file is of another run, or none.
 */
export async function takeUpPublished(database: DuckDatabase, context: SinkContext, target: string): Promise<void> {
  const gone = new SluiceError(
    'sink_failed',
    `the output of that run is gone, ${target} is not there, or of another run: start a new run`,
  );
  const said = await database
    .query(`SELECT decode(key), decode(value) FROM parquet_kv_metadata(${quoteText(target)})`)
    .catch((error: unknown) => {
      throw gone.with({ cause: error });
    });
  const known = new Map(said.map(([key, value]) => [String(key), String(value)]));
  if (known.get('sluice_run') !== context.runId) throw gone;
  const commits = Number(known.get('sluice_commits'));
  const columns = columnsOf(context.model, dialect.names);
  const name = { schema, table };
  await database.transaction(async () => {
    await fitTable(database, { name, columns, dialect, keyed: false });
    await openRunLog(database, { context, ...name });
    const names = columns.map((column) => quoteName(column.name)).join(', ');
    await database.query(insertStatement(name, columns, `SELECT ${names} FROM read_parquet(${quoteText(target)})`));
    await database.query(`UPDATE ${quoteTable({ schema, table: 'sluice_runs' })} SET "commits" = ${commits}`);
  });
}
