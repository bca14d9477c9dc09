import { describe, expect, it } from 'vitest';
import dummyjson from '../../../../plugins/sources/dummyjson/index.ts';
import embedded from '../../../../plugins/sources/dummyjson/upstream.ts';
import { recordingsMissing } from '../../../support/recorded.ts';
import { firstOf, itemsOf, keysAfter, normalize, recorded, typesOf, walkEmbedded } from '../source-harness.ts';

const first = firstOf(dummyjson);

describe('dummyjson', () => {
  it('asks for 20 products by limit and skip', () => {
    expect(first.url).toBe('/products?limit=20&skip=0');
  });

  it('knows all pages from the total of the first', () => {
    const keys = keysAfter(dummyjson, first, { body: { products: [], total: 45, skip: 0, limit: 20 } });
    expect(keys).toEqual(['GET /products?limit=20&skip=20', 'GET /products?limit=20&skip=40']);
  });

  it('makes a product of an item', () => {
    const item = {
      id: 1,
      title: 'Mascara',
      price: 9.99,
      category: 'beauty',
      brand: 'Essence',
      rating: 2.56,
      description: 'Long lashes.',
      thumbnail: 'https://cdn.test/1.webp',
      images: ['https://cdn.test/big.webp'],
      stock: 99,
    };
    expect(normalize(dummyjson, item)).toEqual({
      id: 1,
      title: 'Mascara',
      price: 9.99,
      category: 'beauty',
      brand: 'Essence',
      rating: 2.56,
      description: 'Long lashes.',
      image: 'https://cdn.test/1.webp',
    });
  });

  it('leaves out what an item lacks, and makes up no currency', () => {
    const product = normalize(dummyjson, { id: 2, title: 'Apple' });
    expect(product).toEqual({ id: 2, title: 'Apple' });
    expect(product).not.toHaveProperty('currency');
    expect(() => normalize(dummyjson, {})).not.toThrow();
  });

  it('gets every item of the embedded upstream, each once, and no page past the end', () => {
    const { items, pages } = walkEmbedded(dummyjson, embedded);
    expect(items).toHaveLength(embedded.items);
    expect(new Set(items.map((item) => (item as { id: number }).id)).size).toBe(embedded.items);
    expect(pages).toHaveLength(Math.ceil(embedded.items / 20));
  });

  describe.skipIf(recordingsMissing)('on the recorded pages', () => {
    it('asks for the nine pages after the first, and for none after the last or past the end', () => {
      const keys = keysAfter(dummyjson, first, recorded(dummyjson, 1));
      expect(keys).toEqual(
        [20, 40, 60, 80, 100, 120, 140, 160, 180].map((skip) => `GET /products?limit=20&skip=${skip}`),
      );
      const last = dummyjson.pagination.following?.({ ...first, state: { position: 8 } }) ?? first;
      expect(last.url).toBe('/products?limit=20&skip=180');
      expect(keysAfter(dummyjson, last, recorded(dummyjson, 10))).toEqual([]);
      expect(keysAfter(dummyjson, last, recorded(dummyjson, 11))).toEqual([]);
    });

    it.each([
      [1, 20],
      [2, 20],
      [10, 14],
      [11, 0],
    ])('finds the items and the total of page %d', (page, count) => {
      const { body } = recorded(dummyjson, page);
      expect(itemsOf(dummyjson, body)).toHaveLength(count);
      expect(dummyjson.pagination.totalInBody?.(body as never)).toBe(194);
    });

    it('makes a whole product of every item, brand aside', () => {
      for (const item of [1, 2, 10].flatMap((page) => itemsOf(dummyjson, recorded(dummyjson, page).body))) {
        const product = normalize(dummyjson, item);
        const { brand = 'string', ...types } = typesOf(product);
        expect(types).toEqual({
          id: 'number',
          title: 'string',
          price: 'number',
          category: 'string',
          rating: 'number',
          description: 'string',
          image: 'string',
        });
        expect(brand).toBe('string');
        expect(product).toHaveProperty('image', expect.stringMatching(/^https:.*thumbnail/));
      }
    });
  });
});
