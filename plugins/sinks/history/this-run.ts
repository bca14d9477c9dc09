import { createHash } from 'node:crypto';
import type { RunReport, SinkContext } from '../../../core/plugin.ts';
import type { DuckDatabase } from '../duckdb/connection.ts';
import { schema as storeSchema } from '../duckdb/dialect.ts';
import { quoteTable } from '../tables/fit-table.ts';
import { quoteName, quoteText } from '../tables/quote.ts';
import type { FieldExpressions } from './fields.ts';

/** A source of the run that ends, as far as its products can be compared. */
export interface ThisSource {
  readonly name: string;
  readonly upstream: string;
  /** Every product that its upstream has is among the records: what is missing is gone. */
  readonly whole: boolean;
}

/** The run that ends. */
export interface ThisRun {
  readonly runId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly sources: readonly ThisSource[];
  /** The same for runs that ask the same of the same upstreams: their categories hold the same products. */
  readonly scope: string;
}

/** The table in which the records of a run wait for its end. */
export const recordsTable = 'records';

/** What the attached store is called. */
const store = 'this_run';

/** Groups of each run that are kept; the largest. */
const mostGroups = 2_000;

/** What a report says of the run, in the history's terms. */
export function describeRun({ runId, startedAt, origins }: SinkContext, { monitoring, summary }: RunReport): ThisRun {
  const sources = summary.sources.map((name): ThisSource => {
    const { upstream = '', changesOnly = false } = origins?.[name] ?? {};
    const source = monitoring.sources[name];
    // A rejected item is no record, and not gone.
    const whole = source?.state === 'complete' && source.items.rejected === 0 && !changesOnly;
    return { name, upstream, whole };
  });
  const asked = sources
    .map(({ name, upstream }) => JSON.stringify([name, upstream]))
    .toSorted((a, b) => (a < b ? -1 : 1));
  const scope = createHash('sha256').update(asked.join('\n')).digest('hex').slice(0, 12);
  return { runId, startedAt, sources, scope };
}

/**
 * Puts the records of the run beside the history, as the temporary views `current`, one row a product, and `mine`, its
 * sources; and the prices of its groups as the table `now_groups`.
 */
export async function lookAtRun(
  database: DuckDatabase,
  { sources }: ThisRun,
  { path, expressions }: { readonly path: string; readonly expressions: FieldExpressions },
): Promise<void> {
  const { price, title, category, currency } = expressions;
  await database.query(`ATTACH ${quoteText(path)} AS ${store} (READ_ONLY)`);
  await database.query(
    `CREATE OR REPLACE TEMP VIEW current AS
     SELECT source, id, ${title} AS title, ${category} AS category, ${currency} AS currency, ${price} AS price,
       processed_at AS seen_at
     FROM ${quoteName(store)}.${quoteTable({ schema: storeSchema, table: recordsTable })}`,
  );
  const rows = sources.map(
    ({ name, upstream, whole }, place) => `(${place}, ${quoteText(name)}, ${quoteText(upstream)}, ${whole})`,
  );
  await database.query(
    `CREATE OR REPLACE TEMP TABLE mine AS SELECT * FROM (VALUES ${rows.join(', ')}) AS v(place, source, upstream, whole)`,
  );
  await database.query(`CREATE OR REPLACE TEMP TABLE now_groups AS ${groupsQuery}`);
}

/** Lets go of the records of the run. */
export async function leaveRun(database: DuckDatabase): Promise<void> {
  await database.query(`DETACH ${store}`);
}

/** How many records of each source have each of the fields. */
export async function countFields(
  database: DuckDatabase,
): Promise<readonly { readonly source: string; readonly field: string; readonly filled: number }[]> {
  const table = `${quoteName(store)}.${quoteTable({ schema: storeSchema, table: recordsTable })}`;
  const described = await database.query(`SELECT column_name FROM (DESCRIBE ${table})`);
  const fields = described.map(([name]) => String(name));
  const counts = fields.map((field) => `count(${quoteName(field)})`);
  const rows = await database.query(`SELECT source, ${counts.join(', ')} FROM ${table} GROUP BY source`);
  return rows.flatMap(([source, ...filled]) =>
    fields.map((field, index) => ({ source: String(source), field, filled: Number(filled[index]) })),
  );
}

/**
 * Prices of a group are counted by price first, and the prices in the middle found by adding the counts up: an aggregate that
 * finds a median holds every price in memory, whatever the limit is. Sums in decimals are exact, and so is the median, of the
 * one or two prices in the middle. Digits beyond two are looked for where there are some: texts are slow.
 */
const groupsOf = (kind: string, name: string): string => `
  SELECT ${quoteText(kind)} AS kind, name, currency, max(upto) AS count, sum(part) AS total,
    CAST((min(price) FILTER (upto >= (records + 1) // 2) + min(price) FILTER (upto >= records // 2 + 1)) * 0.5
      AS DECIMAL(38, 11)) AS median,
    max(CASE WHEN round(CAST(price AS DOUBLE), 2) = CAST(price AS DOUBLE) THEN 2
      ELSE length(rtrim(split_part(CAST(price AS TEXT), '.', 2), '0')) END) AS digits
  FROM (
    SELECT *, CAST(sum(times) OVER (PARTITION BY name, currency ORDER BY price) AS BIGINT) AS upto,
      CAST(sum(times) OVER (PARTITION BY name, currency) AS BIGINT) AS records
    FROM (
      SELECT ${name} AS name, currency, price, count(*) AS times, sum(price) AS part
      FROM current WHERE price IS NOT NULL GROUP BY ALL
    )
  )
  GROUP BY ALL`;

const groupsQuery = `
  ${groupsOf('source', 'source')}
  UNION ALL (${groupsOf('category', "coalesce(category, '')")} ORDER BY count DESC, name LIMIT ${mostGroups})`;
