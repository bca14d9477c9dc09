import { defineNormalizer, defineSource, linkPagination, type ProductFields } from 'sluice/plugin';

/** Shopify's REST API: an opaque `page_info` in the `Link` header. */
export default defineSource({
  name: 'shopify',
  baseUrl: 'https://example.myshopify.com',
  rateLimit: { requests: 2, perMs: 1000 },
  pagination: linkPagination({ path: '/admin/api/2025-01/products.json', limit: 250 }),
  items: (body) => body.products,
  normalizer: defineNormalizer<{ id: number; title: string; vendor: string }, ProductFields>({
    normalize: ({ id, title, vendor: brand }) => ({ id, title, brand }),
  }),
});
