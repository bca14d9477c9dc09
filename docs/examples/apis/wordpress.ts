import { defineNormalizer, defineSource, pagePagination, type ProductFields } from 'sluice/plugin';

const listing = { path: '/wp-json/wp/v2/posts', limit: 100, limitParam: 'per_page' };
const counts = { total: { header: 'X-WP-Total' }, totalPages: { header: 'X-WP-TotalPages' } };

/** WordPress: the number of pages in a header, so that all pages but the first are fetched at once. */
export default defineSource({
  name: 'wordpress',
  baseUrl: 'https://wordpress.org/news',
  rateLimit: { requests: 5, perMs: 1000 },
  pagination: pagePagination({ ...listing, ...counts }),
  normalizer: defineNormalizer<{ id: number; link: string; title: { rendered: string } }, ProductFields>({
    normalize: ({ id, link: url, title }) => ({ id, title: title.rendered, url }),
  }),
});
