import { loadBuilt } from '../suite/dist.mjs';

const { defineNormalizer, defineSource, offsetPagination } = await loadBuilt('core/plugin.js');

/** Pages after the first that are asked for along with it. */
export const lookahead = 9;

/** The listing that the other rows walk, asked for ahead. */
export const aheadSource = defineSource({
  name: 'dummyjson',
  baseUrl: 'http://127.0.0.1',
  rateLimit: { requests: 5, perMs: 1000 },
  pagination: offsetPagination({
    path: '/products',
    limit: 20,
    offsetParam: 'skip',
    lookahead,
    total: (body) => body.total,
  }),
  items: (body) => body.products,
  normalizer: defineNormalizer({ normalize: ({ id, title, price, category }) => ({ id, title, price, category }) }),
});
