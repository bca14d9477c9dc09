import { defineNormalizer, defineSource, linkPagination, type ProductFields } from 'sluice/plugin';

const listing = { path: '/orgs/nodejs/repos', limit: 100, limitParam: 'per_page' };

/** GitHub: a `Link` header, whose `rel="last"` says how many pages there are. */
export default defineSource({
  name: 'github',
  baseUrl: 'https://api.github.com',
  rateLimit: { requests: 60, perMs: 3_600_000 },
  pagination: linkPagination({ ...listing, pageParam: 'page' }),
  headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
  normalizer: defineNormalizer<{ id: number; full_name: string; language: string | null }, ProductFields>({
    normalize: ({ id, full_name: title, language: category }) => ({ id, title, category }),
  }),
});
