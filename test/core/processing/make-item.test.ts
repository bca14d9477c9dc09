import { describe, expect, it } from 'vitest';
import { processPage } from '../../../core/processing/process-page.ts';
import { createHasher } from '../../../core/processing/hash.ts';
import { chain, defineEnricher, defineNormalizer, drop, type SourcePlugin } from '../../../core/plugin.ts';
import product from '../../../plugins/models/product/index.ts';
import { pageOf, readable, recordsOf, shop } from './page.ts';

const hash = await createHasher(1n);

function read(normalizer: SourcePlugin['normalizer'], ...items: readonly object[]) {
  return readable(processPage(pageOf(items), { source: { ...shop, normalizer }, model: product, hash }));
}

const titled = (id: number) => ({ id, title: `t${id}` });

describe('what becomes of an item', () => {
  it('is nothing where it is dropped: counted by reason, and no error', () => {
    const page = read(
      ({ id }: { id: number }) => (id < 3 ? drop('too small') : titled(id)),
      { id: 1 },
      { id: 2 },
      { id: 3 },
    );
    expect(page).toMatchObject({ items: 3, count: 1, rejects: [], split: 0 });
    expect([...page.drops]).toEqual([['too small', 2]]);
  });

  it('is several records where a list comes back, in its order', () => {
    const page = read(({ ids }: { ids: number[] }) => ids.map(titled), { ids: [1, 2, 3] }, { ids: [4] });
    expect(page).toMatchObject({ items: 2, count: 4, split: 2 });
    expect(recordsOf(page).map(({ source_id }) => source_id)).toEqual(['1', '2', '3', '4']);
    expect(page.idHashes).toHaveLength(4);
  });

  it('is nothing where the list is empty', () => {
    const page = read(() => [], { id: 1 });
    expect(page).toMatchObject({ count: 0, split: 0, rejects: [] });
    expect([...page.drops]).toEqual([['an empty list', 1]]);
  });

  it('may differ for each record of a list: a reject says which of them it was', () => {
    const page = read(() => [titled(1), { id: 2 }, drop('unwanted'), null as never], { big: true });
    expect(page).toMatchObject({ items: 1, split: 3, count: 1 });
    expect(page.rejects).toMatchObject([
      { index: 0, part: 1, reason: 'missing_title', raw: '{"big":true}' },
      { index: 0, part: 3, reason: 'normalizer_failed' },
    ]);
    expect([...page.drops]).toEqual([['unwanted', 1]]);
  });

  it('goes through all steps of a chain, every record of a list alone', () => {
    const steps = chain(
      ({ from, to }: { from: number; to: number }) => [{ n: from }, { n: to }],
      ({ n }) => (n === 5 ? drop('five') : [{ n }, { n: n * 10 }]),
      defineNormalizer({ normalize: ({ n }: { n: number }) => titled(n) }),
    );
    const page = read(steps, { from: 1, to: 2 }, { from: 5, to: 6 });
    expect(recordsOf(page).map(({ source_id }) => source_id)).toEqual(['1', '10', '2', '20', '6', '60']);
    expect(page).toMatchObject({ items: 2, split: 5, count: 6 });
    expect([...page.drops]).toEqual([['five', 1]]);
  });

  it('is the same with a list of steps as with a chain, and chains may hold chains', () => {
    const double = ({ n }: { n: number }) => ({ n: n * 2 });
    const end = ({ n }: { n: number }) => titled(n);
    const pages = [chain(double, double, end), [double, double, end], chain(chain(double, double), end)].map((steps) =>
      recordsOf(read(steps, { n: 1 })),
    );
    expect(pages[0]).toMatchObject([{ source_id: '4' }]);
    expect(pages[1]).toEqual(pages[0]);
    expect(pages[2]).toEqual(pages[0]);
  });

  it('is a reject where a step in the middle fails, and the steps behind it are not asked', () => {
    const page = read(
      chain(
        (): { id: number } => {
          throw new Error('half way');
        },
        () => {
          throw new Error('asked');
        },
      ),
      { id: 1 },
    );
    expect(page.rejects).toMatchObject([{ reason: 'normalizer_failed', message: 'half way' }]);
    expect(page.rejects[0]).not.toHaveProperty('part');
  });

  it.each([
    ['a reason that is no text', () => drop(5 as never), 'drop(…) needs a text as reason'],
    ['a list in a list', () => [[titled(1)]] as never, 'not a list'],
    ['too many records', () => Array.from({ length: 1001 }, (_, id) => titled(id)), 'more than 1000 records'],
  ])('is a reject for %s', (_title, normalize, message) => {
    const { rejects, count } = read(normalize, { id: 1 });
    expect({ count, rejects: rejects.length }).toEqual({ count: 0, rejects: 1 });
    expect(rejects[0]).toMatchObject({
      reason: 'normalizer_failed',
      message: expect.stringContaining(message) as string,
    });
  });

  it('keeps a bound on reasons, however many a normalizer makes up', () => {
    const items = Array.from({ length: 200 }, (_, id) => ({ id }));
    const page = read(({ id }: { id: number }) => drop(`item ${id} ${'x'.repeat(500)}`), ...items);
    expect(page.drops.size).toBe(51);
    expect(page.drops.get('(other reasons)')).toBe(150);
    for (const reason of page.drops.keys()) expect(reason.length).toBeLessThanOrEqual(200);
  });
});

it('rejects what comes to an enricher where nobody can be asked', () => {
  const enricher = defineEnricher({ name: 'x', enrich: async (item: { id: number }) => titled(item.id) });
  expect(read(enricher, { id: 1 })).toMatchObject({ count: 0, rejects: [{ reason: 'enrichment_failed' }] });
});
