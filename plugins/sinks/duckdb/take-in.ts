import type { Column } from '../tables/columns.ts';
import type { TableName } from '../tables/database.ts';
import { insertStatement, mergeStatement, removeStatement } from '../tables/merge.ts';
import type { RunLog } from '../tables/run-log.ts';
import type { DuckDatabase } from './connection.ts';
import { rowsIn } from './rows.ts';

/** Where the records of a run go. */
export interface TakeInOptions {
  readonly name: TableName;
  readonly columns: readonly Column[];
  /** Whether the table has a key on the id. */
  readonly keyed: boolean;
  readonly log: RunLog;
}

/**
 * Makes what takes a file of the spool into the table, and notes that in the log, in one transaction. A record whose id is
 * there takes the place of that one.
 */
export function createTakeIn(
  database: DuckDatabase,
  { name, columns, keyed, log }: TakeInOptions,
): (file: string) => Promise<void> {
  // Without a key, nothing says so if a record is there. It can be where this run has loaded some in an earlier life.
  const mayReturn = log.commits > 0;
  /** Whether a record has come that was in the table: then more of them will. */
  let merging = false;

  async function load(file: string): Promise<void> {
    const rows = rowsIn(file, columns);
    await database.transaction(async () => {
      if (!keyed && mayReturn) await database.query(removeStatement(name, rows));
      await database.query((merging ? mergeStatement : insertStatement)(name, columns, rows));
      await log.commit(database);
    });
    log.committed();
    // Some 200 bytes of each changed row stay in DuckDB's memory, also beyond a checkpoint, until the limit is reached.
    if (merging) await database.reopen();
  }

  return async (file) => {
    try {
      await load(file);
    } catch (error) {
      if (merging || !isTaken(error)) throw error;
      merging = true;
      await load(file);
    }
  };
}

/** Whether a record was in the table already. DuckDB has no codes for its errors. */
function isTaken(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Constraint Error');
}
