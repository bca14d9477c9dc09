import type { NameRules } from './columns.ts';

/** A connection, as far as tables are made and looked up through it. */
export interface Database {
  /** Rejects with the database's own error. Rows are lists of values, in the order of the columns. */
  query(sql: string, values?: readonly (string | number | boolean)[]): Promise<readonly (readonly unknown[])[]>;
}

/** In what databases differ. */
export interface Dialect {
  /** What people call it. */
  readonly name: string;
  readonly jsonType: string;
  readonly names: NameRules;
}

/** Where a table stands. */
export interface TableName {
  readonly schema: string;
  readonly table: string;
}
