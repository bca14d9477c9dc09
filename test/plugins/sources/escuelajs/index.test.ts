import { describe, expect, it } from 'vitest';
import escuelajs from '../../../../plugins/sources/escuelajs/index.ts';
import embedded from '../../../../plugins/sources/escuelajs/upstream.ts';
import { recordingsMissing } from '../../../support/recorded.ts';
import { firstOf, itemsOf, keysAfter, normalize, recorded, typesOf, walkEmbedded } from '../source-harness.ts';

const first = firstOf(escuelajs);
const fullPage = Array.from({ length: 20 }, (_, index) => ({ id: index }));

describe('escuelajs', () => {
  it('sends offset and limit with every request: without both, the API answers with everything', () => {
    expect(first.url).toBe('/api/v1/products?limit=20&offset=0');
    expect(keysAfter(escuelajs, first, { body: fullPage })).toEqual(['GET /api/v1/products?limit=20&offset=20']);
  });

  it('goes on until a page is short or empty, as no response says how many there are', () => {
    expect(escuelajs.pagination.needs).toBe('items');
    expect(keysAfter(escuelajs, first, { body: fullPage.slice(1) })).toEqual([]);
    expect(keysAfter(escuelajs, first, { body: [] })).toEqual([]);
  });

  it('makes a product of an item', () => {
    const item = {
      id: 7,
      title: 'Hoodie',
      slug: 'hoodie',
      price: 10,
      description: 'Warm.',
      category: { id: 1, name: 'Clothes', slug: 'clothes', image: 'https://cdn.test/c.jpeg' },
      images: ['https://cdn.test/1.jpeg', 'https://cdn.test/2.jpeg'],
    };
    expect(normalize(escuelajs, item)).toEqual({
      id: 7,
      title: 'Hoodie',
      price: 10,
      category: 'Clothes',
      description: 'Warm.',
      image: 'https://cdn.test/1.jpeg',
    });
  });

  it.each([[{}], [{ category: null, images: null }], [{ category: {}, images: [] }], [{ images: 'a.jpeg' }]])(
    'leaves out what an item like %j lacks, and makes up no currency',
    (lacking) => {
      const product = normalize(escuelajs, { id: 1, title: 'x', ...lacking });
      expect(product).toEqual({ id: 1, title: 'x' });
      expect(product).not.toHaveProperty('currency');
    },
  );

  it('gets every item of the embedded upstream, each once', () => {
    const { items, pages } = walkEmbedded(escuelajs, embedded);
    expect(items).toHaveLength(embedded.items);
    expect(new Set(items.map((item) => (item as { id: number }).id)).size).toBe(embedded.items);
    expect(pages).toHaveLength(Math.floor(embedded.items / 20) + 1);
  });

  describe.skipIf(recordingsMissing)('on the recorded pages', () => {
    it.each([
      [1, 20, 1],
      [2, 20, 1],
      [3, 11, 0],
      [4, 0, 0],
    ])('finds what page %d holds, and whether another comes', (page, count, more) => {
      const answer = recorded(escuelajs, page);
      expect(itemsOf(escuelajs, answer.body)).toHaveLength(count);
      expect(keysAfter(escuelajs, first, answer)).toHaveLength(more);
    });

    it('makes a whole product of every item', () => {
      for (const item of [1, 2, 3].flatMap((page) => itemsOf(escuelajs, recorded(escuelajs, page).body))) {
        const product = normalize(escuelajs, item);
        expect(typesOf(product)).toEqual({
          id: 'number',
          title: 'string',
          price: 'number',
          category: 'string',
          description: 'string',
          image: 'string',
        });
        expect(product).toHaveProperty('image', expect.stringMatching(/^https:/));
      }
    });
  });
});
