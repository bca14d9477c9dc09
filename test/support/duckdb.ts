import { DuckDBInstance } from '@duckdb/node-api';

/** Rows of a query on a DuckDB file, as objects; numbers beyond 32 bits come as bigint. */
export async function askDuckDb(path: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const instance = await DuckDBInstance.fromCache(path, { access_mode: 'READ_ONLY' });
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
