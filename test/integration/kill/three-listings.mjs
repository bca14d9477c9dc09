/* oxlint-disable -- plain JavaScript, loaded as it stands by processes of their own: there are no types to check */
/** Three sources of 100 pages each, paged in three ways, with their upstreams. */
import {
  cursorPagination,
  defineNormalizer,
  defineSource,
  offsetPagination,
  pagePagination,
} from '../../../dist/core/plugin.js';

const limit = 10;
const pages = 100;
/** The last page of the second is a short one: nothing else says that it is the last. */
const counts = { counted: pages * limit, bare: pages * limit - 5, chained: pages * limit };

const item = (id) => ({ id, title: `Item ${id}`, price: id / 4, category: `c${id % 7}` });

/** An upstream that answers with the items from `begin(query)` on. */
const upstream = (name, begin, bodyOf) => ({
  name,
  items: counts[name],
  path: '/items',
  encodings: [],
  create:
    () =>
    ({ query }) => {
      const from = begin(query);
      const size = Math.max(0, Math.min(limit, counts[name] - from));
      const items = Array.from({ length: size }, (_, index) => item(from + index + 1));
      return { status: 200, body: bodyOf(items, from + limit), delayMs: 2 };
    },
});

const source = (name, begin, bodyOf, pagination) =>
  defineSource({
    name,
    baseUrl: 'http://127.0.0.1:1',
    // The window is longer than a life takes to start: the limit holds only if the next life knows of the last one's sends.
    rateLimit: { requests: 60, perMs: 1000 },
    pagination,
    items: (body) => (Array.isArray(body) ? body : body.items),
    normalizer: defineNormalizer({ normalize: ({ id, title, price, category }) => ({ id, title, price, category }) }),
    mock: async () => ({ default: upstream(name, begin, bodyOf) }),
  });

export default [
  source(
    'counted',
    (query) => Number(query.get('skip')),
    (items) => ({ items, total: counts.counted }),
    offsetPagination({ path: '/items', limit, offsetParam: 'skip', total: (body) => body.total }),
  ),
  source(
    'bare',
    (query) => (Number(query.get('page')) - 1) * limit,
    (items) => items,
    pagePagination({ path: '/items', limit, pageParam: 'page' }),
  ),
  source(
    'chained',
    (query) => Number(query.get('cursor') ?? 0),
    (items, next) => ({ items, next: next < counts.chained ? String(next) : null }),
    cursorPagination({ path: '/items', limit, cursor: (body) => body.next }),
  ),
];
