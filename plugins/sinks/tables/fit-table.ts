import { SluiceError } from '../../../core/plugin.ts';
import { kindOf, typeOf } from './column-kind.ts';
import type { Column } from './columns.ts';
import type { Database, Dialect, TableName } from './database.ts';
import { quoteName } from './quote.ts';

/** Which table is to hold which columns. */
export interface Fit {
  readonly name: TableName;
  readonly columns: readonly Column[];
  readonly dialect: Dialect;
  /** Whether records are told apart by a key on the id. Default true. */
  readonly keyed?: boolean;
}

/** A table as SQL names it. */
export function quoteTable({ schema, table }: TableName): string {
  return `${quoteName(schema)}.${quoteName(table)}`;
}

/**
 * Finds out by which statements a table comes to hold the columns: none, or those that make it, add columns or widen them.
 * Changes nothing. Throws `sink_failed` where a column that is there can't hold what it is to hold, for nothing is ever
 * narrowed or converted, and where one that no record fills must have a value.
 */
export async function planFit(database: Database, fit: Fit): Promise<readonly string[]> {
  const { name, columns, dialect, keyed = true } = fit;
  const there = await database.query(
    `SELECT column_name, data_type,
       is_nullable = 'NO' AND column_default IS NULL AND coalesce(is_identity, 'NO') = 'NO' AND coalesce(is_generated, 'NEVER') = 'NEVER'
     FROM information_schema.columns
     WHERE table_catalog = current_database() AND table_schema = $1 AND table_name = $2`,
    [name.schema, name.table],
  );
  const described = (column: Column): string => `${quoteName(column.name)} ${typeOf(column.kind, dialect.jsonType)}`;
  if (there.length === 0) {
    const list = columns.map((column) => `${described(column)}${keyed && column.name === 'id' ? ' PRIMARY KEY' : ''}`);
    return [`CREATE TABLE ${quoteTable(name)} (${list.join(', ')})`];
  }
  const types = new Map(there.map(([column, type]) => [dialect.names.fold(String(column)), String(type)]));
  const statements: string[] = [];
  const refused: string[] = [];
  for (const column of columns) {
    const type = types.get(dialect.names.fold(column.name));
    const kind = type === undefined ? undefined : kindOf(type);
    if (type === undefined) {
      statements.push(`ALTER TABLE ${quoteTable(name)} ADD COLUMN ${described(column)}`);
    } else if (kind === 'integer' && column.kind === 'number') {
      const wider = typeOf('number', dialect.jsonType);
      statements.push(`ALTER TABLE ${quoteTable(name)} ALTER COLUMN ${quoteName(column.name)} TYPE ${wider}`);
    } else if (kind !== column.kind && !(kind === 'number' && column.kind === 'integer')) {
      refused.push(
        `${JSON.stringify(column.name)} is ${type}, and the model needs ${typeOf(column.kind, dialect.jsonType)}`,
      );
    }
  }
  const filled = new Set(columns.map((column) => dialect.names.fold(column.name)));
  const required = there.filter(
    ([column, , needed]) => needed === true && !filled.has(dialect.names.fold(String(column))),
  );
  if (required.length > 0) {
    const names = required.map(([column]) => JSON.stringify(column)).join(', ');
    const text = `the table ${quoteTable(name)} wants a value for ${names}, which no record has: give that column a default or let it be NULL, or give the sink another \`table\``;
    throw new SluiceError('sink_failed', text);
  }
  if (refused.length > 0) {
    const text = `the table ${quoteTable(name)} does not fit the model: its column ${refused.join('; its column ')}. Columns are added and integers widened, nothing else is converted: convert it yourself, or give the sink another \`table\``;
    throw new SluiceError('sink_failed', text);
  }
  return statements;
}

/** Makes a table fit, within the transaction that is open. Throws what `planFit` does, and for a table without the key. */
export async function fitTable(database: Database, fit: Fit): Promise<void> {
  for (const statement of await planFit(database, fit)) await database.query(statement);
  const { name, keyed = true } = fit;
  if (!keyed) return;
  try {
    // Writes nothing; without a key on the id it is refused now, and not by the first commit.
    await database.query(
      `INSERT INTO ${quoteTable(name)} ("id") SELECT NULL WHERE false ON CONFLICT ("id") DO NOTHING`,
    );
  } catch (error) {
    const text = `the table ${quoteTable(name)} has no key on "id" that records could be told apart by: add PRIMARY KEY ("id"), or give the sink another \`table\``;
    throw new SluiceError('sink_failed', text, { cause: error });
  }
}
