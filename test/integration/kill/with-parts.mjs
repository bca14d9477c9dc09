/* oxlint-disable -- plain JavaScript, loaded as it stands by processes of their own: there are no types to check */
/** A source of 120 things in 12 pages, and for each of them the listing of its parts, with their upstream. */
import {
  cursorPagination,
  defineChild,
  defineNormalizer,
  defineSource,
  offsetPagination,
} from '../../../dist/core/plugin.js';

const limit = 10;
const things = 120;
const partsOf = (thing) => (thing % 4) * 3;

const ids = (from, size, all) =>
  Array.from({ length: Math.max(0, Math.min(size, all - from)) }, (_, at) => from + at + 1);

const upstream = {
  name: 'things',
  items: things,
  path: '/things',
  encodings: [],
  create:
    () =>
    ({ path, query }) => {
      const thing = /^\/things\/(\d+)\/parts$/.exec(path)?.[1];
      if (thing === undefined) {
        const items = ids(Number(query.get('offset')), limit, things).map((id) => ({
          id,
          title: `Thing ${id}`,
          price: id,
        }));
        return { status: 200, body: { items, total: things }, delayMs: 2 };
      }
      const from = Number(query.get('cursor') ?? 0);
      // Those of many things are the same, byte for byte.
      const items = ids(from, 5, partsOf(Number(thing))).map((id) => ({ id, title: `Part ${id}`, price: id / 2 }));
      const next = from + 5 < partsOf(Number(thing)) ? String(from + 5) : null;
      return { status: 200, body: { items, next }, delayMs: 2 };
    },
};

const parts = defineChild({
  name: 'parts',
  parent: ({ id }) => ({ id }),
  pagination: ({ id }) => cursorPagination({ path: `/things/${id}/parts`, cursor: (body) => body.next }),
  items: (body) => body.items,
  normalizer: defineNormalizer({
    normalize: ({ id, title, price }, { parent }) => ({
      id: `${parent.id}-${id}`,
      title,
      price,
      category: `of ${parent.id}`,
    }),
  }),
});

export default defineSource({
  name: 'things',
  baseUrl: 'http://127.0.0.1:1',
  rateLimit: { requests: 60, perMs: 1000 },
  pagination: offsetPagination({ path: '/things', limit, total: (body) => body.total }),
  items: (body) => body.items,
  normalizer: defineNormalizer({ normalize: ({ id, title, price }) => ({ id, title, price, category: 'thing' }) }),
  children: [parts],
  mock: async () => ({ default: upstream }),
});
