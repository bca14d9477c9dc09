import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../core/config/resolve.ts';
import { checkRun, createPipeline, planRun, previewSource } from '../../../core/index.ts';
import { askDuckDb } from '../../support/duckdb.ts';
import { historyIn, openShop, runWithHistory, type ShopItem, shopSource } from '../../support/priced-shop.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const things = (count: number, price = 1): readonly ShopItem[] =>
  Array.from({ length: count }, (_, id) => ({ id, title: `Thing ${id}`, category: 'things', price }));

const ask = (folder: string, sql: string) => askDuckDb(historyIn(folder), sql);

describe('a run that is taken up', () => {
  it('is in the history once, with each record once, and as a part until it is whole', async () => {
    const [folder, shop, stop] = [await temporaryFolder(), await openShop(things(45)), new AbortController()];
    const sources = [shopSource('shop', shop)];
    shop.before = (offset) => {
      if (offset === 30) stop.abort();
      return false;
    };
    const first = await runWithHistory(folder, { sources }, { signal: stop.signal });
    expect(first.exitCode).toBe(130);
    expect(await ask(folder, 'SELECT partial, lives FROM runs')).toEqual([{ partial: true, lives: 1 }]);

    const second = await runWithHistory(folder, { sources }, { resume: { kind: 'last' } });
    expect(second.exitCode).toBe(0);
    expect(await ask(folder, 'SELECT run_id, partial, lives FROM runs')).toEqual([
      { run_id: first.report.summary.run_id, partial: false, lives: 2 },
    ]);
    const [counted] = await ask(folder, 'SELECT count(*) AS records, count(DISTINCT id) AS ids FROM prices');
    expect(counted).toEqual({ records: 45n, ids: 45n });
    // What it has put there itself is no earlier run.
    expect(second.report.metrics.price_trends).toMatchObject({ runs: 1, compared_run_id: null });
  });
});

describe('runs side by side', () => {
  it('a second one of the same state folder is refused, and leaves the history as it is', async () => {
    const [folder, shop] = [await temporaryFolder(), await openShop(things(25))];
    const sources = [shopSource('shop', shop)];
    let second: Promise<unknown> | undefined;
    shop.before = () => {
      second ??= runWithHistory(folder, { sources }).catch((error: unknown) => error);
      return false;
    };
    await runWithHistory(folder, { sources });
    expect(await second).toMatchObject({ code: 'state_locked' });
    expect(await ask(folder, 'SELECT count(*) AS runs FROM runs')).toEqual([{ runs: 1n }]);
  });

  it('two of other state folders each have a history of their own', async () => {
    const [folder, shop] = [await temporaryFolder(), await openShop(things(25))];
    const sources = [shopSource('shop', shop)];
    const run = (dir: string) =>
      runWithHistory(folder, { sources, state: { dir }, sinks: [{ use: 'ndjson', path: `${dir}.ndjson` }] });
    await Promise.all([run('one'), run('two')]);
    for (const dir of ['one', 'two']) {
      const path = join(folder, dir, 'history.duckdb');
      expect(await askDuckDb(path, 'SELECT count(*) AS prices FROM prices')).toEqual([{ prices: 25n }]);
    }
  });
});

it('a run that is pruned stays in the history', async () => {
  const [folder, shop] = [await temporaryFolder(), await openShop(things(3))];
  for (let run = 0; run < 4; run++) {
    shop.items = things(3, run + 1);
    await runWithHistory(folder, { sources: [shopSource('shop', shop)], state: { keepRuns: 2 } });
  }
  const kept = await readdir(join(folder, '.pipeline', 'runs'));
  expect(kept).toHaveLength(2);
  for (const run of kept) expect(existsSync(join(folder, '.pipeline', 'runs', run, 'records.duckdb'))).toBe(true);
  expect(await ask(folder, 'SELECT count(*) AS prices, count(DISTINCT run_id) AS runs FROM prices')).toEqual([
    { prices: 12n, runs: 4n },
  ]);
});

it('what looks before a run writes no history', async () => {
  const [folder, shop] = [await temporaryFolder(), await openShop(things(3))];
  const config = await resolveConfig(
    {
      sources: [shopSource('shop', shop)],
      sinks: [{ use: 'ndjson', path: 'out.ndjson' }],
      workers: { threads: 0 },
      state: {},
      history: true,
    },
    { baseDir: folder, env: {} },
  );
  const services = { logger: silentLogger };
  const { signal } = new AbortController();
  const check = await checkRun(config, services, signal);
  expect(check.findings).toContainEqual(expect.objectContaining({ what: 'sink', name: 'history', ok: true }));
  await planRun(config, services, signal);
  await previewSource(config, services, signal, { source: 'shop', count: 2 });
  expect(await readdir(folder)).toEqual([]);
});

it('a replay writes no history, for it asks nobody', async () => {
  const [folder, shop] = [await temporaryFolder(), await openShop(things(12))];
  const config = {
    sources: [shopSource('shop', shop)],
    sinks: [{ use: 'ndjson', path: 'out.ndjson' }],
    workers: { threads: 0 },
    state: {},
    history: true,
  };
  const resolved = await resolveConfig(config, { baseDir: folder, env: {} });
  const recorded = join(folder, 'recorded');
  await (await createPipeline(resolved, { logger: silentLogger }, { record: recorded })).run();
  const replay = await createPipeline(resolved, { logger: silentLogger }, { replay: recorded });
  const { report, exitCode } = await replay.run();
  expect([exitCode, Object.keys(report.monitoring.sinks)]).toEqual([0, ['ndjson']]);
  expect(await ask(folder, 'SELECT count(*) AS runs FROM runs')).toEqual([{ runs: 1n }]);
});

it('runs against other upstreams are not compared', async () => {
  const [folder, one, other] = [await temporaryFolder(), await openShop(things(3)), await openShop(things(4, 9))];
  await runWithHistory(folder, { sources: [shopSource('shop', one)] });
  const { report } = await runWithHistory(folder, { sources: [shopSource('shop', other)] });
  expect(report.metrics.price_trends).toMatchObject({ runs: 1, products: { compared: 0, risen: 0, new: 0, gone: 0 } });
});

it('prices in cents stay exact, and currencies apart', async () => {
  const [folder, shop] = [await temporaryFolder(), await openShop()];
  const sources = [shopSource('shop', shop)];
  const item = (id: number, price: number, currency: string): ShopItem => ({
    id,
    title: 'Thing',
    category: 'c',
    price,
    currency,
  });
  shop.items = [item(1, 0.1, 'EUR'), item(2, 0.2, 'EUR'), item(3, 999_999_999_999_999.9, 'USD'), item(4, 5, 'EUR')];
  await runWithHistory(folder, { sources });
  shop.items = [item(1, 0.3, 'EUR'), item(2, 0.2, 'EUR'), item(3, 999_999_999_999_999.8, 'USD'), item(4, 5, 'USD')];
  const { report } = await runWithHistory(folder, { sources });
  const trends = report.metrics.price_trends;
  // The fourth is now in another currency: nothing can be said of it.
  expect(trends?.products).toMatchObject({ compared: 3, risen: 1, fallen: 1, unchanged: 1, new: 0, gone: 0 });
  expect(trends?.risers).toMatchObject([{ id: 'shop:1', change: { text: '0.20' }, percent: 200 }]);
  expect(trends?.fallers).toMatchObject([{ id: 'shop:3', change: { text: '-0.10' } }]);
  const [total] = await ask(
    folder,
    "SELECT CAST(sum(price) AS TEXT) AS total FROM prices WHERE currency = 'EUR' AND price < 1",
  );
  expect(total).toEqual({ total: '0.8000000000' });
  const means = trends?.by_source.map(({ currency, points }) => [currency, points.map(({ mean }) => mean.text)]);
  expect(means).toEqual([
    ['EUR', ['1.77', '0.25']],
    ['USD', ['999999999999999.90', '500000000000002.40']],
  ]);
});

it('where every output has failed the run ends, whatever the history could take', async () => {
  const [folder, shop] = [await temporaryFolder(), await openShop(things(25))];
  const sources = [shopSource('shop', shop)];
  const failing = {
    name: 'broken',
    open: async () => Promise.reject(new Error('no room')),
  };
  const { exitCode, report } = await runWithHistory(folder, { sources, sinks: [failing] });
  expect(report.monitoring.sinks['history']?.state).not.toBe('failed');
  expect(exitCode).toBe(1);
  // Nobody can be given what would have come: it was not asked for to the end.
  expect(report.monitoring.sources['shop']?.state).not.toBe('complete');
});
