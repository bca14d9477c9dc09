import { defineNormalizer, defineSource, linkPagination, type ProductFields } from 'sluice/plugin';

/** GitHub: a `Link` header with `rel="next"`. */
export default defineSource({
  name: 'github',
  baseUrl: 'https://api.github.com',
  rateLimit: { requests: 60, perMs: 3_600_000 },
  pagination: linkPagination({ path: '/orgs/nodejs/repos', limit: 100, limitParam: 'per_page' }),
  headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
  normalizer: defineNormalizer<{ id: number; full_name: string; language: string | null }, ProductFields>({
    normalize: ({ id, full_name: title, language: category }) => ({ id, title, category }),
  }),
});
