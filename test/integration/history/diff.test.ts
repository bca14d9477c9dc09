import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../core/config/resolve.ts';
import { diffRuns } from '../../../core/index.ts';
import { openShop, runWithHistory, type Shop, type ShopItem, shopSource } from '../../support/priced-shop.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const things = (...prices: readonly number[]): readonly ShopItem[] =>
  prices.map((price, id) => ({ id, title: `Thing ${id}`, category: 'things', price }));

/** How two runs differ that are kept under a folder. */
async function diffIn(folder: string, shop: Shop, wanted: { before?: string; after?: string } = {}) {
  const run = { sources: [shopSource('shop', shop)], sinks: ['ndjson'], workers: { threads: 0 } };
  const config = { ...run, state: {}, history: true };
  return diffRuns(await resolveConfig(config, { baseDir: folder, env: {} }), wanted);
}

describe('two runs with a history', () => {
  it('differ by the records that are new, removed and changed, and by what their upstream did', async () => {
    const [folder, shop] = [await temporaryFolder(), await openShop(things(1, 2, 3, 4))];
    const sources = [shopSource('shop', shop)];
    await runWithHistory(folder, { sources });
    shop.items = [...things(1, 2.5).map((item) => ({ ...item, currency: 'EUR' })), ...things(1, 1, 1, 1, 9).slice(4)];
    await runWithHistory(folder, { sources });
    const diff = await diffIn(folder, shop);
    expect(diff).toMatchObject({
      records: { before: 4, after: 3 },
      records_missing: null,
      sources: [{ source: 'shop', state: { before: 'complete', after: 'complete' }, errors: { before: 0, after: 0 } }],
    });
    expect(diff.records_diff).toEqual({
      sources: [
        {
          source: 'shop',
          records: { before: 4, after: 3 },
          new: 1,
          removed: 2,
          changed: 2,
          unchanged: 0,
          whole: { before: true, after: true },
        },
      ],
      fields: [
        {
          source: 'shop',
          field: 'currency',
          records: 2,
          examples: [
            { id: 'shop:0', before: null, after: '"EUR"' },
            { id: 'shop:1', before: null, after: '"EUR"' },
          ],
        },
        { source: 'shop', field: 'price', records: 1, examples: [{ id: 'shop:1', before: '2', after: '2.5' }] },
      ],
      fields_omitted: 0,
      drift: [{ source: 'shop', field: 'currency', kind: 'appeared', types: { before: [], after: ['string'] } }],
      ids: { new: ['shop:4'], removed: ['shop:2', 'shop:3'] },
    });
  });

  it('of which the later one was not read to its end can not tell what is removed', async () => {
    const [folder, shop] = [await temporaryFolder(), await openShop(things(...Array.from({ length: 25 }, () => 1)))];
    const sources = [shopSource('shop', shop)];
    await runWithHistory(folder, { sources });
    shop.before = (offset, _, response) => {
      if (offset < 20) return false;
      response.writeHead(404).end('{}');
      return true;
    };
    expect((await runWithHistory(folder, { sources })).exitCode).toBe(3);
    const diff = await diffIn(folder, shop);
    expect(diff.errors).toEqual([{ endpoint: 'shop', error: 'http_404', count: { before: 0, after: 1 } }]);
    expect(diff.records_diff?.sources).toMatchObject([{ removed: 5, whole: { before: true, after: false } }]);
  });

  it('whose records are gone still differ by what their reports say', async () => {
    const [folder, shop] = [await temporaryFolder(), await openShop(things(1))];
    const sources = [shopSource('shop', shop)];
    const { report } = await runWithHistory(folder, { sources });
    const first = report.summary.run_id;
    await runWithHistory(folder, { sources });
    await rm(join(folder, '.pipeline', 'runs', first, 'records.duckdb'));
    const diff = await diffIn(folder, shop, { before: first });
    expect(diff).toMatchObject({ records: { before: 1, after: 1 }, records_diff: null });
    expect(diff.records_missing).toContain(`the records of the run ${first} are not kept`);
  });
});
