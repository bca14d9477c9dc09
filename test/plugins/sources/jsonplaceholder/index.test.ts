import { describe, expect, it } from 'vitest';
import jsonplaceholder from '../../../../plugins/sources/jsonplaceholder/index.ts';
import embedded from '../../../../plugins/sources/jsonplaceholder/upstream.ts';
import { recordingsMissing } from '../../../support/recorded.ts';
import { firstOf, itemsOf, keysAfter, normalize, recorded, typesOf, walkEmbedded } from '../source-harness.ts';

const first = firstOf(jsonplaceholder);
const pageKeys = (...pages: number[]) => pages.map((page) => `GET /posts?_limit=20&_page=${page}`);

describe('jsonplaceholder', () => {
  it('asks for 20 posts by page number', () => {
    expect([first.key]).toEqual(pageKeys(1));
  });

  it('knows all pages from the header of the first', () => {
    expect(keysAfter(jsonplaceholder, first, { headers: { 'x-total-count': '60' } })).toEqual(pageKeys(2, 3));
    expect(jsonplaceholder.pagination.needs).toBe('headers');
  });

  it('goes on page by page where a proxy took the header away', () => {
    expect(keysAfter(jsonplaceholder, first, { body: Array.from({ length: 20 }, () => ({})) })).toEqual(pageKeys(2));
    expect(keysAfter(jsonplaceholder, first, { body: [] })).toEqual([]);
  });

  it('takes a post for a product, without a price or a category', () => {
    const product = normalize(jsonplaceholder, { userId: 1, id: 3, title: 'ea molestias', body: 'et iusto\nsed quo' });
    expect(product).toEqual({ id: 3, title: 'ea molestias', description: 'et iusto\nsed quo' });
    expect(Object.keys(product)).toEqual(['id', 'title', 'description']);
    expect(() => normalize(jsonplaceholder, {})).not.toThrow();
  });

  it('gets every item of the embedded upstream, each once, and no page past the end', () => {
    const { items, pages } = walkEmbedded(jsonplaceholder, embedded);
    expect(items).toHaveLength(embedded.items);
    expect(new Set(items.map((item) => (item as { id: number }).id)).size).toBe(embedded.items);
    expect(pages).toHaveLength(Math.ceil(embedded.items / 20));
  });

  describe.skipIf(recordingsMissing)('on the recorded pages', () => {
    it('asks for the four pages after the first', () => {
      expect(keysAfter(jsonplaceholder, first, recorded(jsonplaceholder, 1))).toEqual(pageKeys(2, 3, 4, 5));
    });

    it.each([
      [1, 20],
      [2, 20],
      [5, 20],
      [6, 0],
    ])('finds the items and the total of page %d', (page, count) => {
      const { body, headers = {} } = recorded(jsonplaceholder, page);
      expect(itemsOf(jsonplaceholder, body)).toHaveLength(count);
      expect(jsonplaceholder.pagination.totalInHeaders?.(headers)).toBe(100);
    });

    it('makes a product of every post', () => {
      for (const item of [1, 2, 5].flatMap((page) => itemsOf(jsonplaceholder, recorded(jsonplaceholder, page).body))) {
        expect(typesOf(normalize(jsonplaceholder, item))).toEqual({
          id: 'number',
          title: 'string',
          description: 'string',
        });
      }
    });
  });
});
