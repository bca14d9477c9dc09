import { describe, expect, it } from 'vitest';
import type { SourcePlugin } from '../../../core/contracts/source.ts';
import { defineChild, drop } from '../../../core/plugin.ts';
import { createHasher } from '../../../core/processing/hash.ts';
import { processPage } from '../../../core/processing/process-page.ts';
import product from '../../../plugins/models/product/index.ts';
import { normalizing, pageOf, readable, recordsOf, shop } from './page.ts';

const hash = await createHasher(7n);

interface Item {
  readonly id: number;
  readonly title?: string;
}

const reviews = defineChild({
  name: 'reviews',
  parent: ({ id }: Item) => ({ id }),
  pagination: () => shop.pagination,
  normalizer: (item: Item, { child, parent }) => ({ id: item.id, title: `${child} of ${Number(parent?.['id'])}` }),
});

function read(source: SourcePlugin, items: readonly unknown[], change: Parameters<typeof pageOf>[1] = {}) {
  return readable(processPage(pageOf(items, change), { source, model: product, hash }));
}

describe('the listings that hang from the items of a page', () => {
  const titled = (id: number): Item => ({ id, title: 'x' });

  it('are those of items that became a record, or were dropped; not of rejects and duplicates', () => {
    const source = {
      ...normalizing((item: Item) => (item.id === 2 ? drop('unwanted') : item)),
      children: [reviews],
    };
    const items = [titled(1), titled(2), { id: 3 }, titled(4), 'none'];
    const page = read(source, items, { known: BigUint64Array.of(hash.text('shop:4')) });
    expect(page).toMatchObject({ count: 1, skipped: 1 });
    expect(page.parents).toEqual([1, 2].map((id) => ({ name: 'reviews', parent: { id } })));
  });

  it('are told once for an item that is split', () => {
    const source = {
      ...normalizing(({ id }: Item) => [titled(id * 10), titled(id * 10 + 1)]),
      children: [reviews],
    };
    expect(read(source, [titled(1)]).parents).toEqual([{ name: 'reviews', parent: { id: 1 } }]);
  });

  it.each<[string, (item: Item) => unknown, string]>([
    ['a text', () => 'x', 'returns an object or undefined, not a string'],
    ['a list', () => [], 'returns an object or undefined, not a list'],
    ['far too much', () => ({ text: 'x'.repeat(20_000) }), 'returns 20011 characters, of 16 KiB allowed'],
    ['what no JSON can hold', () => ({ id: 1n }), 'failed: Do not know how to serialize a BigInt'],
  ])('are none where parent() gives %s: that item is rejected', (_title, parent, message) => {
    const source = { ...shop, children: [{ ...reviews, parent: parent as never }] };
    const page = read(source, [titled(1)]);
    expect(page).toMatchObject({ count: 0, rejects: [{ reason: 'normalizer_failed', index: 0 }] });
    expect(page.rejects[0]?.message).toContain(`parent() of reviews ${message}`);
    expect(page).not.toHaveProperty('parents');
  });

  it('have their pages read by their own normalizer, under ids of their own', () => {
    const child = { name: 'reviews', parent: { id: 5 } };
    const page = read({ ...shop, children: [reviews] }, [{ id: 1 }], { child });
    expect(recordsOf(page)).toMatchObject([{ id: 'shop:reviews/1', source_id: 'reviews/1', title: 'reviews of 5' }]);
    expect(page).not.toHaveProperty('parents');
  });
});
