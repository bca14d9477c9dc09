import type { DuckDatabase } from '../duckdb/connection.ts';
import { quoteText } from '../tables/quote.ts';
import type { ThisRun } from './this-run.ts';

/**
 * Compares the run with those before it, into temporary tables: `earlier` (runs by source, of the same upstream),
 * `compared` (prices now and when they were last seen), `fresh` (ids never seen before) and `gone`.
 *
 * Nearly all products of a run are in the run before it. So that one is looked at first, and the whole history, which may
 * be long, only for what it lacks: its ids are read once, against a small set.
 */
export async function compareRun(database: DuckDatabase, { runId }: ThisRun): Promise<void> {
  for (const statement of statements(quoteText(runId))) await database.query(statement);
}

// An id of a run begins with the time of its start: comparing ids puts runs in order.
const statements = (run: string): readonly string[] => [
  `CREATE OR REPLACE TEMP TABLE earlier AS
   SELECT s.run_id, s.source, s.whole FROM sources s JOIN mine m ON m.source = s.source AND m.upstream = s.upstream
   WHERE s.run_id < ${run}`,
  `CREATE OR REPLACE TEMP TABLE newest AS SELECT source, max(run_id) AS run_id FROM earlier GROUP BY source`,
  `CREATE OR REPLACE TEMP TABLE near AS
   SELECT p.id, p.price, p.currency, p.run_id FROM prices p SEMI JOIN newest n ON n.run_id = p.run_id AND n.source = p.source
   SEMI JOIN current c ON c.id = p.id`,
  // What the run before can't tell of: ids that it lacks, or had without a price.
  `CREATE OR REPLACE TEMP TABLE unsure AS
   SELECT c.id FROM current c LEFT JOIN near n ON n.id = c.id
   WHERE n.id IS NULL OR (n.price IS NULL AND c.price IS NOT NULL)`,
  `CREATE OR REPLACE TEMP TABLE far AS
   SELECT p.id, arg_max({'price': p.price, 'currency': p.currency, 'run_id': p.run_id}, p.run_id)
     FILTER (p.price IS NOT NULL) AS last
   FROM prices p SEMI JOIN unsure u ON u.id = p.id SEMI JOIN earlier e ON e.run_id = p.run_id AND e.source = p.source
   GROUP BY p.id`,
  `CREATE OR REPLACE TEMP TABLE compared AS
   SELECT c.id, b.price AS before, c.price AS after, b.run_id FROM current c JOIN (
     SELECT id, price, currency, run_id FROM near WHERE price IS NOT NULL
     UNION ALL SELECT id, last.price, last.currency, last.run_id FROM far WHERE last IS NOT NULL
   ) b ON b.id = c.id
   WHERE c.price IS NOT NULL AND b.currency IS NOT DISTINCT FROM c.currency`,
  // Where no run has read a source to its end, a product may have been there all the time.
  `CREATE OR REPLACE TEMP TABLE fresh AS
   SELECT c.* FROM current c SEMI JOIN unsure u ON u.id = c.id ANTI JOIN near n ON n.id = c.id ANTI JOIN far f ON f.id = c.id
   WHERE c.source IN (SELECT source FROM earlier WHERE whole)`,
  `CREATE OR REPLACE TEMP TABLE gone AS
   SELECT p.source, p.id, p.title, p.category, p.currency, p.price
   FROM prices p SEMI JOIN (
     SELECT e.source, max(e.run_id) AS run_id FROM earlier e JOIN mine m ON m.source = e.source
     WHERE e.whole AND m.whole GROUP BY e.source
   ) w ON w.run_id = p.run_id AND w.source = p.source
   ANTI JOIN current c ON c.id = p.id`,
];
