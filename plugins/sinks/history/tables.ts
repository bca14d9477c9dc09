import type { DuckDatabase } from '../duckdb/connection.ts';
import { priceType } from './fields.ts';

/** What a history is made of. A run is in all of them or in none: it comes in one transaction, when it has ended. */
const definitions: Readonly<Record<string, string>> = {
  runs: `run_id TEXT, started_at TIMESTAMPTZ, ended_at TIMESTAMPTZ, seconds DOUBLE, partial BOOLEAN, lives INTEGER,
    records BIGINT, errors BIGINT, scope TEXT`,
  sources: `run_id TEXT, source TEXT, upstream TEXT, state TEXT, whole BOOLEAN, pages_delivered BIGINT, pages_failed BIGINT,
    pages_ignored BIGINT, records BIGINT, rejected BIGINT, duplicates BIGINT, dropped BIGINT, requests BIGINT,
    retries BIGINT, errors BIGINT, bytes BIGINT, p50_ms DOUBLE, p95_ms DOUBLE, p99_ms DOUBLE, total_ms DOUBLE`,
  fields: 'run_id TEXT, source TEXT, field TEXT, filled BIGINT',
  prices: `run_id TEXT, source TEXT, id TEXT, title TEXT, category TEXT, currency TEXT, price ${priceType},
    seen_at TIMESTAMPTZ`,
  price_groups: `run_id TEXT, kind TEXT, name TEXT, currency TEXT, count BIGINT, total DECIMAL(38, 10),
    median DECIMAL(38, 11), digits INTEGER`,
};

export const historyTables: readonly string[] = Object.keys(definitions);

/** Makes the tables that are not there yet. */
export async function makeTables(database: DuckDatabase): Promise<void> {
  await database.transaction(async () => {
    for (const [name, columns] of Object.entries(definitions)) {
      await database.query(`CREATE TABLE IF NOT EXISTS main.${name} (${columns})`);
    }
  });
}
