import { typeOf } from '../tables/column-kind.ts';
import type { Column } from '../tables/columns.ts';
import type { TableName } from '../tables/database.ts';
import { quoteTable } from '../tables/fit-table.ts';
import { mergeStatement } from '../tables/merge.ts';
import { quoteName } from '../tables/quote.ts';
import type { PostgresTransaction } from './connection.ts';
import { copyText } from './copy-text.ts';

type Lines = readonly Uint8Array<ArrayBuffer>[];

/** The two ways by which records get into a table. */
export interface TakeIn {
  /** Copies them into it: the fastest there is, where none of them is in it yet. Rejects where one is. */
  copy(transaction: PostgresTransaction, lines: Lines): Promise<void>;
  /** Copies them into a table of this connection, and merges that into it. */
  merge(transaction: PostgresTransaction, lines: Lines): Promise<void>;
}

export function createTakeIn(name: TableName, columns: readonly Column[]): TakeIn {
  const toRows = copyText(columns);
  const names = columns.map((column) => quoteName(column.name)).join(', ');
  const types = columns.map((column) => `${quoteName(column.name)} ${typeOf(column.kind, 'JSONB')}`).join(', ');
  const staging = 'pg_temp.sluice_staging';
  const merge = mergeStatement(name, columns, `SELECT ${names} FROM ${staging}`);
  const copyInto = (table: string): string => `COPY ${table} (${names}) FROM STDIN (ENCODING 'UTF8')`;

  /** Made as the server asks for them, page by page: it works meanwhile, and no more than a page is held twice. */
  function* rowsOf(lines: Lines): Generator<Buffer> {
    for (const page of lines) yield toRows(page);
  }

  return {
    copy: (transaction, lines) => transaction.copy(copyInto(quoteTable(name)), rowsOf(lines)),
    async merge(transaction, lines) {
      // In no log of the server, and empty after each transaction.
      await transaction.query(`CREATE TEMP TABLE IF NOT EXISTS sluice_staging (${types}) ON COMMIT DELETE ROWS`);
      await transaction.copy(copyInto(staging), rowsOf(lines));
      await transaction.query(merge);
    },
  };
}

/** Whether a record was in the table already (SQLSTATE 23505, unique_violation). */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}
