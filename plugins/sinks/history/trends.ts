import type { PriceChange, PricePoint, PriceSeries, PriceTrends, SeenProduct } from '../../../core/plugin.ts';
import type { DuckDatabase } from '../duckdb/connection.ts';
import { quoteText } from '../tables/quote.ts';
import { amountOf, meanOf, percentOf } from './amount.ts';
import type { ThisRun } from './this-run.ts';

/** Bounds of what a report lists; the history holds all of it. */
const most = { products: 10, points: 30, categories: 50 } as const;

/** Makes the trends of what `compareRun` has put side by side. */
export async function readTrends(database: DuckDatabase, run: ThisRun): Promise<PriceTrends> {
  const [counts = []] = await database.query(`SELECT
    (SELECT count(DISTINCT run_id) FROM earlier), (SELECT max(run_id) FROM earlier),
    (SELECT count(*) FROM compared), (SELECT count(*) FROM compared WHERE after > before),
    (SELECT count(*) FROM compared WHERE after < before), (SELECT count(*) FROM fresh), (SELECT count(*) FROM gone)`);
  const [runs, newest, compared, risen, fallen, fresh, gone] = counts;
  const unknown = await database.query(
    'SELECT source FROM mine WHERE NOT (whole AND source IN (SELECT source FROM earlier WHERE whole)) ORDER BY place',
  );
  return {
    runs: Number(runs) + 1,
    compared_run_id: textOrNull(newest),
    products: {
      compared: Number(compared),
      risen: Number(risen),
      fallen: Number(fallen),
      unchanged: Number(compared) - Number(risen) - Number(fallen),
      new: Number(fresh),
      gone: Number(gone),
    },
    risers: await readChanges(database, 'after > before', 'DESC'),
    fallers: await readChanges(database, 'after < before', 'ASC'),
    new_products: await readProducts(database, 'fresh'),
    gone_products: await readProducts(database, 'gone'),
    gone_unknown: unknown.map(([source]) => String(source)),
    by_source: await readSeries(database, run, 'source'),
    by_category: await readSeries(database, run, 'category'),
  };
}

const productColumns = 'id, source, title, category, currency';

/** The largest in percent first; from nothing to something is no percentage, and comes last. */
async function readChanges(database: DuckDatabase, which: string, order: 'ASC' | 'DESC'): Promise<PriceChange[]> {
  const rows = await database.query(
    `SELECT ${productColumns.replaceAll(/\w+/g, 'c.$&')}, CAST(before AS TEXT), CAST(after AS TEXT),
       CAST(after - before AS TEXT), d.run_id
     FROM (SELECT * FROM compared WHERE ${which}
       ORDER BY round((after - before) / abs(nullif(before, 0)), 9) ${order} NULLS LAST, abs(after - before) DESC, id
       LIMIT ${most.products}) d
     JOIN current c ON c.id = d.id
     ORDER BY round((after - before) / abs(nullif(before, 0)), 9) ${order} NULLS LAST, abs(after - before) DESC, c.id`,
  );
  return rows.map((row): PriceChange => {
    const [before, after, change, lastRun] = row.slice(5).map(String) as [string, string, string, string];
    return {
      ...productIn(row),
      before: amountOf(before),
      after: amountOf(after),
      change: amountOf(change),
      percent: percentOf(change, before),
      last_seen_run_id: lastRun,
    };
  });
}

async function readProducts(database: DuckDatabase, table: string): Promise<SeenProduct[]> {
  const rows = await database.query(
    `SELECT ${productColumns}, CAST(price AS TEXT) FROM ${table} ORDER BY id LIMIT ${most.products}`,
  );
  return rows.map((row): SeenProduct => {
    const price = textOrNull(row[5]);
    return { ...productIn(row), price: price === null ? null : amountOf(price) };
  });
}

function productIn([id, source, title, category, currency]: readonly unknown[]): Omit<SeenProduct, 'price'> {
  return {
    id: String(id),
    source: String(source),
    title: textOrNull(title),
    category: textOrNull(category),
    currency: textOrNull(currency),
  };
}

/** Each group of this run, with what it was in earlier ones. */
async function readSeries(
  database: DuckDatabase,
  { runId, startedAt, scope }: ThisRun,
  kind: 'source' | 'category',
): Promise<PriceSeries[]> {
  // A category is over all sources: of runs with others it would be something else.
  const comparable =
    kind === 'source'
      ? 'EXISTS (SELECT 1 FROM earlier e WHERE e.run_id = g.run_id AND e.source = g.name)'
      : `g.run_id < ${quoteText(runId)} AND r.scope = ${quoteText(scope)}`;
  const order =
    kind === 'source' ? '(SELECT place FROM mine WHERE source = name), currency' : 'count DESC, name, currency';
  const rows = await database.query(
    `WITH wanted AS (
       SELECT name, currency, row_number() OVER (ORDER BY ${order}) AS place FROM now_groups WHERE kind = '${kind}'
       QUALIFY place <= ${kind === 'source' ? Number.MAX_SAFE_INTEGER : most.categories}
     ), points AS (
       SELECT g.run_id, CAST(epoch_ms(r.started_at) AS DOUBLE) AS started, g.* EXCLUDE (run_id)
       FROM price_groups g JOIN runs r ON r.run_id = g.run_id WHERE g.kind = '${kind}' AND ${comparable}
       UNION ALL BY NAME
       SELECT ${quoteText(runId)} AS run_id, NULL AS started, * FROM now_groups WHERE kind = '${kind}'
     )
     SELECT w.place, w.name, w.currency, p.run_id, p.started, p.count, CAST(p.median AS TEXT), CAST(p.total AS TEXT), p.digits
     FROM wanted w JOIN points p ON p.name = w.name AND p.currency IS NOT DISTINCT FROM w.currency
     QUALIFY row_number() OVER (PARTITION BY w.place ORDER BY p.run_id DESC) <= ${most.points}
     ORDER BY w.place, p.run_id`,
  );
  return seriesOf(rows, startedAt);
}

function seriesOf(rows: readonly (readonly unknown[])[], now: string): PriceSeries[] {
  const series: (PriceSeries & { readonly points: PricePoint[] })[] = [];
  let last: unknown;
  for (const [place, name, currency, run, started, count, median, total, digits] of rows) {
    if (place !== last) series.push({ name: String(name).slice(0, 200), currency: textOrNull(currency), points: [] });
    last = place;
    series.at(-1)?.points.push({
      run_id: String(run),
      started_at: started === null ? now : new Date(Number(started)).toISOString(),
      count: Number(count),
      median: amountOf(String(median)),
      mean: meanOf(String(total), Number(count), Number(digits)),
    });
  }
  return series;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
