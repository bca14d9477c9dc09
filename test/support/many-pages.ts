import type { MockApi } from '../../core/contracts/mock.ts';

/** What is wrong with an upstream. Default: nothing. */
export interface Flaws {
  /** Number of the page that is not there. */
  readonly missing?: number;
  /** Every so manieth item has no title. */
  readonly untitled?: number;
}

/** An upstream of `pages` pages of `size` items, each page asked for by its number from 1 on. */
export function manyPages(pages: number, size: number, { missing, untitled }: Flaws = {}): MockApi {
  return {
    name: 'shop',
    items: pages * size,
    path: '/items',
    encodings: [],
    create: () => (request) => {
      const page = Number(request.query.get('page'));
      if (page === missing) return { status: 404, body: { message: 'no such page' } };
      const from = (page - 1) * size;
      const items = Array.from({ length: size }, (_, index) => {
        const id = from + index + 1;
        return untitled !== undefined && id % untitled === 0 ? { id } : { id, title: `Thing ${id}` };
      });
      return { status: 200, body: { items } };
    },
  };
}

/** The module of a source for it that puts all pages on the worklist at once. */
export function manyPagesSource(pages: number, limits = { requests: 1000, perMs: 1000 }): string {
  return `export default {
  name: 'shop',
  baseUrl: 'http://127.0.0.1',
  rateLimit: ${JSON.stringify(limits)},
  pagination: {
    first: () => Array.from({ length: ${pages} }, (_, index) => ({ key: \`page \${index + 1}\`, url: \`/items?page=\${index + 1}\` })),
    next: () => [],
  },
  items: (body) => body.items,
  normalizer: { normalize: ({ id, title }) => ({ id, title, price: id / 100, category: id % 2 === 0 ? 'even' : 'odd' }) },
};
`;
}
