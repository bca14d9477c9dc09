import { dirname } from 'node:path';
import { makeFolder, sinkError, type SinkContext, type SinkPosition, type SinkWriter } from '../../../core/plugin.ts';
import { columnsOf } from '../tables/columns.ts';
import type { Dialect } from '../tables/database.ts';
import { fitTable } from '../tables/fit-table.ts';
import { insertStatement, mergeStatement } from '../tables/merge.ts';
import { createPending } from '../tables/pending.ts';
import { openRunLog } from '../tables/run-log.ts';
import { type DuckDatabase, openDuckDatabase } from './connection.ts';
import { identifyFile } from './file-identity.ts';
import { rowsIn } from './rows.ts';
import { fillSpool, removeSpool, spoolPaths } from './spool.ts';

export const dialect: Dialect = {
  name: 'DuckDB',
  jsonType: 'JSON',
  // DuckDB keeps the case of a name, and finds it in any. How long one may be it does not say.
  names: { fold: (name) => name.toLowerCase(), maxBytes: 1024 },
};

/** The schema of every DuckDB file. */
export const schema = 'main';

export interface DuckWriterOptions {
  /** Absolute. */
  readonly path: string;
  readonly table: string;
  readonly memoryLimit: string;
  /** Called when all records are in the table, before the file is closed. Default: nothing. */
  readonly finish?: (database: DuckDatabase, position: SinkPosition) => Promise<void>;
}

/**
 * Opens the table of a run, made or made to fit. Lines wait in memory for the commit, which hands them to DuckDB as a file:
 * its own reader takes them in many times faster than row by row.
 */
export async function openDuckWriter(
  context: SinkContext,
  { path, table, memoryLimit, finish }: DuckWriterOptions,
  position: SinkPosition | undefined,
): Promise<SinkWriter> {
  const columns = columnsOf(context.model, dialect.names);
  const name = { schema, table };
  const spool = spoolPaths(path, context.runId, context.name);
  await makeFolder(dirname(path));
  const database = await openDuckDatabase({ path, memoryLimit });
  try {
    const log = await database.transaction(async () => {
      await fitTable(database, { name, columns, dialect });
      return openRunLog(database, { context, ...name, position });
    });
    const assertSameFile = await identifyFile(path);
    const pending = createPending({ database: dialect.name, nul: true, logger: context.logger });
    /** Whether records have come that are in the table: then more of them will. */
    let merging = false;

    async function takeIn(files: readonly string[]): Promise<void> {
      const rows = rowsIn(files, columns);
      await database.transaction(async () => {
        await database.query((merging ? mergeStatement : insertStatement)(name, columns, rows));
        await log.commit(database);
      });
    }

    return {
      async write(batch) {
        pending.add(batch);
      },
      async commit() {
        if (pending.lines.length === 0) return log.position;
        await assertSameFile();
        const files = await fillSpool(spool, pending.lines);
        try {
          await takeIn(files);
        } catch (error) {
          if (merging || !isTaken(error)) throw error;
          merging = true;
          await takeIn(files);
        }
        log.committed();
        pending.clear();
        return log.position;
      },
      async close(report) {
        await log.end(database, report);
        await finish?.(database, log.position);
        pending.tellReplaced();
        database.close();
        await removeSpool(spool);
      },
      async abort() {
        database.close();
        await removeSpool(spool);
      },
    };
  } catch (error) {
    database.close();
    throw sinkError(error, `opening the table "${table}" in ${path}`);
  }
}

/** Whether a record was in the table already. DuckDB has no codes for its errors. */
function isTaken(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Constraint Error');
}
