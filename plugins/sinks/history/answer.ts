import type { DuckDBResult, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { type QueryAnswer, type QueryColumn, type QueryValue, SluiceError } from '../../../core/plugin.ts';
import { closeDuck, type OpenedDuck } from '../duckdb/connection.ts';
import { shortOfMemory } from '../duckdb/memory-limit.ts';

/** Carries out one statement that reads. Throws `query_failed` with DuckDB's own words, which show the place. */
export async function answerTo(opened: OpenedDuck, sql: string): Promise<QueryAnswer> {
  const { library, connection } = opened;
  const result = await told(async () => {
    // DuckDB fails over a text without a statement, without a word.
    const statements =
      sql.replaceAll(/--.*|\/\*[^]*?\*\/|[\s;]/g, '') === '' ? undefined : await connection.extractStatements(sql);
    if (statements?.count !== 1) {
      throw new SluiceError(
        'query_failed',
        `one statement is answered at a time, and there are ${statements?.count ?? 0}`,
      );
    }
    const statement = await statements.prepare(0);
    const { StatementType } = library;
    if (statement.statementType !== StatementType.SELECT && statement.statementType !== StatementType.EXPLAIN) {
      throw new SluiceError(
        'query_failed',
        'the history is only read: begin with SELECT, WITH, FROM, DESCRIBE or EXPLAIN',
      );
    }
    return statement.stream();
  });
  const columns = result.deduplicatedColumnNames().map((name, index): QueryColumn => {
    const type = result.columnType(index);
    const alias = result.columnLogicalType(index).alias;
    return { name, type: alias ?? String(type), kind: alias === 'JSON' ? 'json' : kindOf(type, opened) };
  });
  return { columns, rows: rowsOf(result, columns, opened), close: () => closeDuck(opened) };
}

async function* rowsOf(
  result: DuckDBResult,
  columns: readonly QueryColumn[],
  { library }: OpenedDuck,
): AsyncIterable<readonly (readonly QueryValue[])[]> {
  const { JsonDuckDBValueConverter: toJson } = library;
  for (;;) {
    const chunk = await told(() => result.fetchChunk());
    if (chunk === null || chunk.rowCount === 0) return;
    const lists = columns.map((column, index) => {
      const type = result.columnType(index);
      const text = (value: DuckDBValue): QueryValue => {
        if (value === null) return null;
        // JSON itself is text already; lists and structs are made so.
        if (column.kind === 'json' && typeof value !== 'string') return JSON.stringify(toJson(value, type, toJson));
        return column.type.startsWith('DECIMAL') ? trimmed(String(value)) : String(value);
      };
      return chunk.getColumnValues(index).map(text);
    });
    yield Array.from({ length: chunk.rowCount }, (_, row) => lists.map((list) => list[row] ?? null));
  }
}

function kindOf({ typeId }: DuckDBType, { library }: OpenedDuck): QueryColumn['kind'] {
  const { DuckDBTypeId: id } = library;
  switch (typeId) {
    case id.BOOLEAN:
      return 'boolean';
    case id.TINYINT:
    case id.SMALLINT:
    case id.INTEGER:
    case id.BIGINT:
    case id.HUGEINT:
    case id.UTINYINT:
    case id.USMALLINT:
    case id.UINTEGER:
    case id.UBIGINT:
    case id.UHUGEINT:
    case id.FLOAT:
    case id.DOUBLE:
    case id.DECIMAL:
      return 'number';
    case id.LIST:
    case id.ARRAY:
    case id.STRUCT:
    case id.MAP:
    case id.UNION:
      return 'json';
    default:
      return 'text';
  }
}

/** Without zeros that say nothing, but for two digits after the point: 0.3000000000 is 0.30. */
function trimmed(decimal: string): string {
  return decimal.replace(/(\.\d\d\d*?)0+$/, '$1');
}

/** What DuckDB has to say about a question is about that question, not about us. */
async function told<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    const text = error instanceof Error ? error.message : String(error);
    const memory = shortOfMemory(error);
    const words =
      memory === undefined
        ? text.replace(/^Failed to extract statements: /, '').trim()
        : `${memory}\ngive it more in the config, such as history: { memoryLimit: '2GB' }`;
    throw new SluiceError('query_failed', words, { cause: error });
  }
}
