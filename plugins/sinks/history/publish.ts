import type { RunReport, SourceMonitoring } from '../../../core/plugin.ts';
import type { DuckDatabase } from '../duckdb/connection.ts';
import { quoteText } from '../tables/quote.ts';
import { historyTables } from './tables.ts';
import { countFields, type ThisRun } from './this-run.ts';

/**
 * Puts the run into the history, in one transaction: all of it is there, or nothing. What an earlier end of the same run
 * has put there, one by Ctrl-C say, goes.
 */
export async function publishRun(database: DuckDatabase, run: ThisRun, report: RunReport): Promise<void> {
  const { runId, scope } = run;
  const { summary, monitoring } = report;
  const id = quoteText(runId);
  const fields = await countFields(database);
  await database.transaction(async () => {
    for (const table of historyTables) await database.query(`DELETE FROM main.${table} WHERE run_id = ${id}`);
    await database.query(`INSERT INTO main.runs VALUES ($1, CAST($2 AS TIMESTAMPTZ), now(), $3, $4, $5, $6, $7, $8)`, [
      runId,
      run.startedAt,
      summary.processing_time_seconds,
      summary.partial,
      monitoring.lives,
      summary.total_products,
      errorsOf(report),
      scope,
    ]);
    for (const { name, upstream, whole } of run.sources) {
      const source = monitoring.sources[name];
      if (source === undefined) continue;
      const row = [runId, name, upstream, source.state, whole, ...figuresOf(source), errorsOf(report, name)];
      const { p50, p95, p99 } = source.latency_ms;
      const times = [p50, p95, p99].map((time) => (time === null ? 'NULL' : String(time)));
      await database.query(
        `INSERT INTO main.sources VALUES (${row.map((_, index) => `$${index + 1}`).join(', ')},
           ${source.bytes}, ${times.join(', ')}, ${source.time.total_ms})`,
        row,
      );
    }
    for (const { source, field, filled } of fields) {
      await database.query(`INSERT INTO main.fields VALUES ($1, $2, $3, $4)`, [runId, source, field, filled]);
    }
    await database.query(
      `INSERT INTO main.prices SELECT ${id}, source, id, title, category, currency, price, seen_at FROM current`,
    );
    await database.query(`INSERT INTO main.price_groups SELECT ${id}, * FROM now_groups`);
  });
}

function figuresOf({ pages, records, items, requests, retries }: SourceMonitoring): readonly number[] {
  const { delivered, failed, ignored } = pages;
  return [delivered, failed, ignored, records, items.rejected, items.duplicates, items.dropped, requests, retries];
}

/** Errors of a source, or of all; those that were too many to be listed count for none. */
function errorsOf({ errors }: RunReport, endpoint?: string): number {
  const counted = endpoint === undefined ? errors : errors.filter((entry) => entry.endpoint === endpoint);
  return counted.reduce((sum, { count }) => sum + count, 0);
}
