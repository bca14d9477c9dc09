import { DuckDBInstance } from '@duckdb/node-api';

/** Rows of a query on a DuckDB file, or on none (`:memory:`), as objects; numbers beyond 32 bits come as bigint. */
export async function askDuckDb(path: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const readOnly = path === ':memory:' ? {} : { access_mode: 'READ_ONLY' };
  const instance = await DuckDBInstance.fromCache(path, readOnly);
  try {
    const connection = await instance.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRowObjects();
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}
