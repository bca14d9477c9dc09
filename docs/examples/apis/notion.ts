import { cursorPagination, defineNormalizer, defineSource, type ProductFields } from 'sluice/plugin';

const listing = { path: '/v1/search', body: {}, limit: 100, limitParam: 'page_size', cursorParam: 'start_cursor' };

/** Notion: a POST whose JSON body takes the cursor. */
export default defineSource({
  name: 'notion',
  baseUrl: 'https://api.notion.com',
  rateLimit: { requests: 3, perMs: 1000 },
  pagination: cursorPagination({ ...listing, cursor: (body) => body.has_more && body.next_cursor }),
  items: (body) => body.results,
  headers: { 'notion-version': '2022-06-28' },
  normalizer: defineNormalizer<{ id: string; url: string }, ProductFields>({
    normalize: ({ id, url }) => ({ id, title: url, url }),
  }),
});
