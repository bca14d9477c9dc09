import { expect, it } from 'vitest';
import { z } from 'zod';
import { resolveConfig } from '../../../core/config/resolve.ts';
import { queryHistory } from '../../../core/index.ts';
import { defineModel } from '../../../core/plugin.ts';
import { openShop, runWithHistory, type ShopItem, shopSource } from '../../support/priced-shop.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const fields = { title: z.string(), price: z.union([z.number(), z.string()]), category: z.string() };
const models = [
  ['whose fields are known', defineModel({ name: 'thing', schema: z.strictObject(fields) })],
  ['that takes any fields', defineModel({ name: 'thing', schema: z.looseObject(fields) })],
] as const;

it.each(models)('prices of a model %s are compared, those that are texts too', async (_, model) => {
  const [folder, shop] = [await temporaryFolder(), await openShop()];
  const history = { value: 'price', group: 'category', title: 'title' };
  for (const price of [0.1, 0.3]) {
    const more = { id: 2, title: 'b "c" \'d\'', category: 'x', price: String(price + 1) as unknown as number };
    shop.items = [{ id: 1, title: 'a', category: 'x', price }, more];
    const { report, exitCode } = await runWithHistory(folder, { sources: [shopSource('shop', shop)], model, history });
    expect(exitCode).toBe(0);
    if (price === 0.1) continue;
    const trends = report.metrics.price_trends;
    expect(trends?.products).toMatchObject({ compared: 2, risen: 2 });
    expect(trends?.risers.map(({ title, change, percent }) => [title, change.text, percent])).toEqual([
      ['a', '0.20', 200],
      ['b "c" \'d\'', '0.20', 18.18],
    ]);
    expect(trends?.by_category[0]?.points.map(({ mean }) => mean.text)).toEqual(['0.60', '0.80']);
  }
});

it('a price that the config names is exact in the records, too', async () => {
  const [folder, shop] = [await temporaryFolder(), await openShop()];
  const model = defineModel({ name: 'flat', schema: z.strictObject({ title: z.string(), rent: z.number() }) });
  shop.items = [0.1, 0.2].map((rent, id) => ({ id, title: 'a', rent }) as unknown as ShopItem);
  const given = { model, history: { value: 'rent' }, sources: [shopSource('shop', shop)] };
  await runWithHistory(folder, given);
  const config = await resolveConfig(
    { ...given, sinks: ['ndjson'], workers: { threads: 0 }, state: {} },
    { baseDir: folder, env: {} },
  );
  const answer = await queryHistory(config, { sql: 'SELECT sum(rent) FROM records' });
  try {
    const rows: unknown[] = [];
    for await (const piece of answer.rows) rows.push(...piece);
    expect(rows).toEqual([['0.30']]);
  } finally {
    answer.close();
  }
});

it('what is gone can not be said of a source with a rejected item, for that may be it', async () => {
  const [folder, shop] = [await temporaryFolder(), await openShop()];
  const item = (id: number, price: number) => ({ id, title: 'x', category: null, price });
  const sources = [shopSource('shop', shop)];
  shop.items = [item(1, 1), item(2, 2)];
  await runWithHistory(folder, { sources });
  shop.items = [item(1, 1), item(2, 'dear' as unknown as number)];
  const { report } = await runWithHistory(folder, { sources });
  expect(report.metrics.price_trends).toMatchObject({ gone_unknown: ['shop'], products: { gone: 0, new: 0 } });
});
