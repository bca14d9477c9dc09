import type { Column } from './columns.ts';
import type { TableName } from './database.ts';
import { quoteTable } from './fit-table.ts';
import { quoteName } from './quote.ts';

/** The statement that puts rows into a table, and fails where the id of one is there. */
export function insertStatement(name: TableName, columns: readonly Column[], rows: string): string {
  const names = columns.map((column) => quoteName(column.name));
  return `INSERT INTO ${quoteTable(name)} (${names.join(', ')}) ${rows}`;
}

/** The statement that puts rows into a table; a row whose id is there takes the place of that one. */
export function mergeStatement(name: TableName, columns: readonly Column[], rows: string): string {
  const names = columns.map((column) => quoteName(column.name));
  const changes = names.filter((column) => column !== '"id"').map((column) => `${column} = excluded.${column}`);
  return `${insertStatement(name, columns, rows)} ON CONFLICT ("id") DO UPDATE SET ${changes.join(', ')}`;
}

/** The statement that removes the rows whose ids are among those of other rows: for a table that has no key. */
export function removeStatement(name: TableName, rows: string): string {
  return `DELETE FROM ${quoteTable(name)} WHERE "id" IN (SELECT "id" FROM (${rows}))`;
}

/** The same as `mergeStatement`, but a row that is there stays where it was processed later. */
export function mergeOlderStatement(name: TableName, columns: readonly Column[], rows: string): string {
  const there = `${quoteTable(name)}."processed_at"`;
  return `${mergeStatement(name, columns, rows)} WHERE (excluded."processed_at" < ${there}) IS NOT TRUE`;
}
