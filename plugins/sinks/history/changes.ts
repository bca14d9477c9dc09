/**
 * The view `changes`: for each product of a run the price since it was last seen with one, by the rules of the trends in
 * the report: in whichever earlier run, of the same upstream, in the same currency. What a report has of it are the largest.
 */
export const changesView = `
  CREATE TEMP VIEW changes AS
  SELECT run_id, source, id, title, category, currency, before, price AS after, price - before AS change,
    round(CAST(price - before AS DOUBLE) * 100 / nullif(abs(CAST(before AS DOUBLE)), 0), 2) AS percent,
    CASE WHEN price > before THEN 'risen' WHEN price < before THEN 'fallen' ELSE 'unchanged' END AS direction,
    last_seen_run_id
  FROM (
    SELECT p.*, lag(p.price) OVER seen AS before, lag(p.currency) OVER seen AS before_currency,
      lag(p.run_id) OVER seen AS last_seen_run_id
    FROM main.prices p JOIN main.sources s ON s.run_id = p.run_id AND s.source = p.source
    WHERE p.price IS NOT NULL
    WINDOW seen AS (PARTITION BY p.source, s.upstream, p.id ORDER BY p.run_id)
  )
  WHERE before IS NOT NULL AND currency IS NOT DISTINCT FROM before_currency`;
