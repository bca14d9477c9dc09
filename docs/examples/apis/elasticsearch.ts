import { cursorPagination, defineNormalizer, defineSource, type ProductFields } from 'sluice/plugin';

type Found = { readonly hits: { readonly hits: readonly { readonly sort: unknown }[] } };
const search = { path: '/products/_search', body: { sort: [{ sku: 'asc' }] }, limit: 1000, limitParam: 'size' };
const after = ({ hits }: Found) => hits.hits.at(-1)?.sort;

/** Elasticsearch: `search_after` is the sort value of the last hit, a list. */
export default defineSource({
  name: 'elasticsearch',
  baseUrl: 'http://localhost:9200',
  rateLimit: { requests: 50, perMs: 1000 },
  pagination: cursorPagination({ ...search, cursorParam: 'search_after', cursor: after }),
  items: ({ hits }: Found) => hits.hits,
  normalizer: defineNormalizer<{ _id: string; _source: { name: string; price: number } }, ProductFields>({
    normalize: ({ _id: id, _source: { name: title, price } }) => ({ id, title, price }),
  }),
});
