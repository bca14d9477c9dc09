/* oxlint-disable -- plain JavaScript, loaded as it stands by processes of their own: there are no types to check */
/** A source whose upstream stands at SHOP_URL. */
import { defineNormalizer, defineSource, offsetPagination } from '../../../dist/core/plugin.js';

export default defineSource({
  name: 'shop',
  baseUrl: process.env.SHOP_URL,
  rateLimit: { requests: 1000, perMs: 1000 },
  pagination: offsetPagination({ path: '/things', limit: 20, offsetParam: 'skip', total: (body) => body.total }),
  items: (body) => body.things,
  normalizer: defineNormalizer({
    module: import.meta.url,
    normalize: ({ id, title, price, category }) => ({ id, title, price, category }),
  }),
});
