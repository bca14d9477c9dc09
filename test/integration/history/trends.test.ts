import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveConfig } from '../../../core/config/resolve.ts';
import { createDice, type Dice, queryHistory, type RunReport } from '../../../core/index.ts';
import { askDuckDb } from '../../support/duckdb.ts';
import { openShop, runWithHistory, type Shop, type ShopItem, shopSource } from '../../support/priced-shop.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const categories = ['lamps', 'chairs', null];

/** What a shop lists after a while: other prices, a few things less, a few more. */
function changed(items: readonly ShopItem[], dice: Dice, run: number): readonly ShopItem[] {
  const cents = (most: number): number => dice.int(0, most - 1);
  const kept = items
    .filter(() => dice.roll() > 0.04)
    .map((item) => {
      if (dice.roll() < 0.5) return item;
      if (dice.roll() < 0.06) return { ...item, price: null };
      return { ...item, price: Math.max(1, Math.round((item.price ?? 5) * 100 + cents(61) - 30)) / 100 };
    });
  const added = Array.from({ length: 2 }, (_, index): ShopItem => {
    const id = 1_000 * run + index;
    return { id, title: `Late ${id}`, category: categories[id % 3] ?? null, price: cents(5_000) / 100 };
  });
  // What was away comes back now and then.
  const back = items.filter(({ id }) => id % 17 === run % 17 && !kept.some((item) => item.id === id));
  return [...kept, ...added, ...back];
}

const firstItems = (dice: Dice): readonly ShopItem[] =>
  Array.from({ length: 58 }, (_, id): ShopItem => {
    const price = id % 13 === 0 ? null : Math.floor(dice.roll() * 3_000) / 100;
    return { id, title: `Thing ${id}`, category: categories[id % 3] ?? null, price };
  });

/** The same figures, worked out of nothing but what the shops have sent, and in other ways. */
function independently(raw: string, run: number): Record<string, string> {
  const all = `WITH sent AS (
      SELECT run, shop, shop || ':' || id AS id, title, category, CAST(price AS DECIMAL(18, 4)) AS price
      FROM read_json('${raw}', columns = {run: 'INT', shop: 'TEXT', id: 'TEXT', title: 'TEXT', category: 'TEXT', price: 'TEXT', failed: 'BOOLEAN'})
      WHERE NOT failed AND run <= ${run}
    ), runs AS (
      SELECT run, shop, NOT bool_or(failed) AS whole FROM read_json('${raw}', columns = {run: 'INT', shop: 'TEXT', failed: 'BOOLEAN'})
      WHERE run <= ${run} GROUP BY ALL
    ), stepped AS (
      SELECT *, lag(price) OVER w AS before, lag(run) OVER w AS seen FROM sent WHERE price IS NOT NULL
      WINDOW w AS (PARTITION BY id ORDER BY run)
    ), moved AS (
      SELECT *, price - before AS change FROM stepped WHERE run = ${run} AND before IS NOT NULL
    )`;
  const changes = (sign: string): string => `${all}
    SELECT id, CAST(before AS TEXT) AS before, CAST(price AS TEXT) AS after, CAST(change AS TEXT) AS change, seen,
      round(100 * CAST(change AS DOUBLE) / CAST(before AS DOUBLE), 2) AS percent
    FROM moved WHERE sign(change) = ${sign}1
    ORDER BY abs(round(CAST(change AS DOUBLE) / CAST(before AS DOUBLE), 9)) DESC, abs(change) DESC, id LIMIT 10`;
  const series = (group: string, which: string): string => `${all}, listed AS (
      SELECT ${group} AS name, run, list_sort(list(price)) AS prices FROM sent
      WHERE price IS NOT NULL AND ${which} GROUP BY ALL
    )
    SELECT name, run, len(prices) AS count,
      CAST(prices[(len(prices) + 1) // 2] + prices[(len(prices) + 2) // 2] AS DECIMAL(18, 4)) AS twice_median,
      CAST(list_sum(prices) AS DECIMAL(18, 4)) AS total
    FROM listed WHERE name IN (SELECT name FROM listed WHERE run = ${run}) ORDER BY name, run`;
  return {
    counts: `${all} SELECT count(*) AS compared, count_if(change > 0) AS risen, count_if(change < 0) AS fallen FROM moved`,
    risers: changes('+'),
    fallers: changes('-'),
    fresh: `${all} SELECT id FROM sent GROUP BY id, shop
      HAVING min(run) = ${run} AND shop IN (SELECT shop FROM runs WHERE whole AND run < ${run}) ORDER BY id`,
    gone: `${all}, pairs AS (
        SELECT shop, max(run) FILTER (run < ${run}) AS last, bool_or(run = ${run}) AS now FROM runs WHERE whole GROUP BY shop
      )
      SELECT id FROM sent JOIN pairs USING (shop) WHERE now AND run = last
      EXCEPT SELECT id FROM sent WHERE run = ${run} ORDER BY id`,
    unknown: `${all} SELECT shop FROM runs GROUP BY shop
      HAVING NOT (bool_or(whole AND run = ${run}) AND bool_or(whole AND run < ${run})) ORDER BY shop`,
    sources: series('shop', 'true'),
    categories: series("coalesce(category, '')", 'true'),
  };
}

const plain = (text: unknown): number => Number(String(text));

/** The trends of a run as the independent queries have them. */
async function expected(raw: string, run: number, ids: readonly string[]) {
  const answers = new Map<string, readonly Record<string, unknown>[]>();
  for (const [name, sql] of Object.entries(independently(raw, run)))
    answers.set(name, await askDuckDb(':memory:', sql));
  const of = (name: string) => answers.get(name) ?? [];
  const changes = (name: string) =>
    of(name).map((row) => ({
      id: row['id'],
      before: plain(row['before']),
      after: plain(row['after']),
      change: plain(row['change']),
      percent: row['percent'],
      last: ids[Number(row['seen'])],
    }));
  const series = (name: string) =>
    of(name).map((row) => ({
      name: row['name'],
      run: ids[Number(row['run'])],
      count: Number(row['count']),
      median: plain(row['twice_median']) / 2,
      mean: Math.round((plain(row['total']) / Number(row['count'])) * 100) / 100,
    }));
  return {
    compared: Number(of('counts')[0]?.['compared']),
    risen: Number(of('counts')[0]?.['risen']),
    fallen: Number(of('counts')[0]?.['fallen']),
    risers: changes('risers'),
    fallers: changes('fallers'),
    fresh: of('fresh').map(({ id }) => id),
    gone: of('gone').map(({ id }) => id),
    unknown: of('unknown').map(({ shop }) => shop),
    sources: series('sources'),
    categories: series('categories'),
  };
}

/** The same of what a report says. */
function told({ metrics }: RunReport): Awaited<ReturnType<typeof expected>> {
  const trends = metrics.price_trends;
  if (trends === undefined) throw new Error('the report has no trends');
  const { compared, risen, fallen, new: fresh, gone } = trends.products;
  expect([fresh, gone]).toEqual([trends.new_products.length, trends.gone_products.length]);
  const changes = (list: typeof trends.risers) =>
    list.map(({ id, before, after, change, percent, last_seen_run_id }) => ({
      id,
      before: plain(before.text),
      after: plain(after.text),
      change: plain(change.text),
      percent,
      last: last_seen_run_id,
    }));
  const series = (list: typeof trends.by_source) =>
    list
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap(({ name, points }) =>
        points.map(({ run_id, count, median, mean }) => {
          return { name, run: run_id, count, median: plain(median.text), mean: plain(mean.text) };
        }),
      );
  return {
    compared,
    risen,
    fallen,
    risers: changes(trends.risers),
    fallers: changes(trends.fallers),
    fresh: trends.new_products.map(({ id }) => id),
    gone: trends.gone_products.map(({ id }) => id),
    unknown: [...trends.gone_unknown].toSorted(),
    sources: series(trends.by_source),
    categories: series(trends.by_category),
  };
}

/** How many products of a run the view `changes` has for each direction. */
async function directions(folder: string, run: string): Promise<Record<string, number>> {
  const config = { sources: [shopSource('alpha', { url: 'http://127.0.0.1:9' })], sinks: ['ndjson'] };
  const options = { ...config, workers: { threads: 0 }, state: {}, history: true };
  const resolved = await resolveConfig(options, { baseDir: folder, env: {} });
  const sql = `SELECT direction, count(*) FROM changes WHERE run_id = '${run}' GROUP BY ALL`;
  const answer = await queryHistory(resolved, { sql });
  const counts: Record<string, number> = { risen: 0, fallen: 0, unchanged: 0 };
  for await (const rows of answer.rows)
    for (const [direction, count] of rows) counts[String(direction)] = Number(count);
  answer.close();
  return counts;
}

test('ten runs with changing prices: the trends are those of other queries over what the upstreams have sent', async () => {
  const [folder, dice] = [await temporaryFolder(), createDice(7)];
  const raw = join(folder, 'sent.ndjson');
  const shops: Record<string, Shop> = {};
  const ids: string[] = [];
  const seen = { risen: 0, fallen: 0, fresh: 0, gone: 0, returned: 0 };
  for (const name of ['alpha', 'beta']) shops[name] = await openShop(firstItems(dice));

  for (let run = 0; run < 10; run++) {
    const sent: string[] = [];
    for (const [name, shop] of Object.entries(shops)) {
      if (run > 0) shop.items = changed(shop.items, dice, run);
      shop.before = (offset, _request, response) => {
        // One page of one shop fails: nobody can say what is gone there, in this run and of it.
        const failed = run === 6 && name === 'beta' && offset === 20;
        if (failed) response.writeHead(404).end();
        const items = failed ? [{ id: 0 }] : shop.items.slice(offset, offset + 10);
        sent.push(...items.map((item) => `${JSON.stringify({ run, shop: name, ...item, failed })}\n`));
        return failed;
      };
    }
    const sources = Object.entries(shops).map(([name, shop]) => shopSource(name, shop));
    const { report } = await runWithHistory(folder, { sources });
    ids.push(report.summary.run_id);
    await appendFile(raw, sent.join(''));
    const found = told(report);
    expect(found, `run ${run}`).toEqual(await expected(raw, run, ids));
    expect(await directions(folder, report.summary.run_id), `run ${run}`).toEqual({
      risen: found.risen,
      fallen: found.fallen,
      unchanged: found.compared - found.risen - found.fallen,
    });
    seen.risen += found.risen;
    seen.fallen += found.fallen;
    seen.fresh += found.fresh.length;
    seen.gone += found.gone.length;
    seen.returned += [...found.risers, ...found.fallers].filter(({ last }) => last !== ids[run - 1]).length;
  }
  // The shops have moved enough to tell something.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(5);
}, 60_000);
