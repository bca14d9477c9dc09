/** Sources that are wrong in one way each, over a listing of nine things in three pages. */
import { pageRequest, type FetchedPage, type PageRequest, type SourcePlugin } from '../../../core/plugin.ts';

export interface Thing {
  readonly id: number;
  readonly name: string;
  readonly group: { readonly name: string } | null;
  readonly tags: readonly string[];
}

interface Listing {
  readonly items: readonly Thing[];
  readonly page: number;
  readonly total: number;
  readonly more: boolean;
}

const thing = (id: number): Thing => ({ id, name: `Thing ${id}`, group: { name: `g${id % 2}` }, tags: ['a', 'b'] });

/** The pages as the upstream sends them. */
export const pages: readonly Listing[] = [1, 2, 3].map((page) => ({
  items: [0, 1, 2].map((at) => thing(page * 3 + at)),
  page,
  total: 9,
  more: page < 3,
}));

const ask = (page: number, change: Partial<PageRequest> = {}): PageRequest => ({
  ...pageRequest({ path: '/things', query: { page }, state: { page } }),
  ...change,
});
const listing = (page: FetchedPage): Listing => page.json() as Listing;
const pageOf = ({ request }: FetchedPage): number => Number(request.state?.['page']);

/** A source that does all as it should. */
export const good = {
  name: 'things',
  baseUrl: 'https://things.test',
  rateLimit: { requests: 5, perMs: 1000 },
  pagination: {
    needs: 'body' as const,
    first: () => [ask(1)],
    next: (page: FetchedPage): readonly PageRequest[] =>
      listing(page).more && listing(page).items.length > 0 ? [ask(pageOf(page) + 1)] : [],
  },
  items: (body: { readonly items?: unknown }) => body.items,
  normalizer: {
    normalize: ({ id, name, group }: Thing) => ({ id, title: name, category: group?.name }),
  },
} satisfies SourcePlugin;

type Pagination = SourcePlugin['pagination'];
type Normalize = (item: Thing) => object;

const paging = (pagination: Partial<Pagination>): SourcePlugin => ({
  ...good,
  pagination: { ...good.pagination, ...pagination },
});
const normalizing = (normalize: Normalize): SourcePlugin => ({
  ...good,
  normalizer: { normalize },
});

/** Each with what the tests of sources have to say of it. Made anew: some of them remember. */
export const brokenSources: Readonly<Record<string, () => readonly [source: SourcePlugin, problem: string]>> = {
  'asks for the same page for ever': () => [
    paging({ next: (page) => [ask(pageOf(page))] }),
    'its pagination loops: a page that was asked for before is asked for again',
  ],
  'counts on whatever comes': () => [
    paging({ next: (page) => [ask(pageOf(page) + 1)] }),
    'it asks for GET /things?page=4, for which there is no page in the pages: the last page has to end the listing',
  ],
  'believes that there is more, however empty the pages are': () => [
    paging({ next: (page) => (listing(page).more ? [ask(pageOf(page) + 1)] : []) }),
    'when the upstream sends pages without items only, it never ends: after 262 requests it still asks for more',
  ],
  'counts the pages by itself': () => {
    let page = 1;
    return [
      paging({ next: (found) => (listing(found).more ? [ask((page += 1))] : []) }),
      'pagination.next() is not pure: for the page "GET /things?page=1" it asks for ["GET /things?page=2"], and when it is asked twice for ["GET /things?page=3"]; what it has to remember belongs into the request\'s state',
    ];
  },
  'remembers the page that it saw last': () => {
    let last = 0;
    return [
      paging({
        next(page) {
          const before = last;
          last = Math.max(last, pageOf(page));
          return listing(page).more && (before === 0 || before <= pageOf(page)) ? [ask(pageOf(page) + 1)] : [];
        },
      }),
      'for the page "GET /things?page=2" it asks for ["GET /things?page=3"], and after it has seen other pages for nothing',
    ];
  },
  'begins elsewhere each time': () => {
    let time = 0;
    return [
      paging({ first: () => [ask(1, { key: `first ${(time += 1)}` })] }),
      'pagination.first() returns other requests when it is called again: it must be pure, or no run can be taken up',
    ];
  },
  'keeps a Set in the state of a request': () => [
    paging({ first: () => [ask(1, { state: { page: 1, seen: new Set() } as never })] }),
    'pagination.first() returns a request that is no plain JSON: its state.seen is a Set; it is kept in the journal, and must come back as it was',
  ],
  'names two pages by one key': () => [
    paging({ first: () => [ask(1), ask(2, { key: ask(1).key })], next: () => [] }),
    'pagination.first() returns two requests of one key, "GET /things?page=1": a key names one page',
  ],
  'asks for nothing': () => [
    paging({ first: () => [] }),
    'none of the pages holds an item: give pages with items, or look at items()',
  ],
  'declares a total that never comes': () => [
    paging({ totalInBody: () => 12 }),
    'things ends with total_mismatch: the upstream declares 12 items, 9 came',
  ],
  'throws in its pager': () => [
    paging({
      next() {
        throw new TypeError("Cannot read properties of undefined (reading 'cursor')");
      },
    }),
    "things ends with source_failed: the pager's next() threw: Cannot read properties of undefined (reading 'cursor')",
  ],
  'looks for its items elsewhere': () => [
    { ...good, items: (body) => body['results'] },
    'things ends with unexpected_shape: expected a list of items, found nothing in an object with keys items, page, total, more',
  ],
  'means seconds, and says milliseconds': () => [
    { ...good, rateLimit: { requests: 100, perMs: 1 } },
    'rateLimit allows 100 requests in 1 ms, which is 100000 a second: perMs is in milliseconds',
  ],
  'says that a request takes half a place': () => [
    { ...good, cost: () => 0.5 },
    'things ends with cost_refused: cost() gave 0.5 for a request: return a whole number of at least 1',
  ],
  'fetches by itself, past the rate limit': () => [
    paging({
      next(page) {
        void fetch('https://things.test/more').catch(() => undefined);
        return good.pagination.next(page);
      },
    }),
    'it fetches https://things.test/more by itself: what it asks for must go on the worklist, or no rate limit holds it',
  ],
  'has no name': () => [{ ...good, name: '' }, 'name is "": it must be lower-case letters, digits'],
  'leaves the id out': () => [
    normalizing(({ name }) => ({ title: name })),
    'normalize() returns no usable id for the item {"id":3,"name":"Thing 3","group":{"name":"g1"},"tags":["a","b"]}: there is no id',
  ],
  'takes for an id what several items have': () => [
    normalizing(({ group, name }) => ({ id: group?.name, title: name })),
    'two items have the id "g1": {"id":3,"name":"Thing 3","group":{"name":"g1"},"tags":["a","b"]} and {"id":5,',
  ],
  'changes its items': () => [
    normalizing((item) => {
      Object.assign(item, { name: item.name?.trim?.(), seen: true });
      return { id: item.id, title: item.name };
    }),
    'normalize() changes its item (seen): it must leave it as it is',
  ],
  'numbers its records': () => {
    let count = 0;
    return [
      normalizing(({ id, name }) => ({ id, title: `${(count += 1)}. ${name}` })),
      'normalize() is not pure: of the item {"id":11,"name":"Thing 11","group":{"name":"g1"},"tags":["a","b"]} it makes {"id":11,"title":"',
    ];
  },
  'trips over what is null': () => [
    normalizing(({ id, name, group }) => ({ id, title: name, category: (group as { name: string }).name })),
    "normalize() trips over an item in which group is null: TypeError: Cannot read properties of null (reading 'name')",
  ],
  'takes whatever is there for text': () => [
    normalizing(({ id, name, group }) => ({ id, title: (name ?? '').trim(), category: group?.name })),
    'normalize() trips over an item in which name is ',
  ],
  'answers with a promise': () => [
    normalizing(async ({ id, name }) => ({ id, title: name })),
    'normalize() returns a promise: it must return the fields at once',
  ],
  'returns what JSON does not hold': () => [
    normalizing(({ id, name }) => ({ id, title: name, brand: new Date(0) })),
    'normalize() returns what JSON can\'t hold for the item {"id":3,"name":"Thing 3","group":{"name":"g1"},"tags":["a","b"]}: brand is a Date',
  ],
  'makes no title': () => [
    normalizing(({ id }) => ({ id })),
    '9 items became no record (missing_title, title): item 0 of page GET /things?page=1 rejected, missing_title: there is no title',
  ],
  'leads its worker to no module': () => [
    { ...good, normalizer: { ...good.normalizer, module: new URL('nowhere.ts', import.meta.url).href } },
    "a worker thread can't load it from normalizer.module: ",
  ],
  'leads its worker to another source': () => [
    {
      ...good,
      normalizer: {
        ...good.normalizer,
        module: new URL('../../../plugins/sources/escuelajs/index.ts', import.meta.url).href,
      },
    },
    'normalizer.module leads to the source "escuelajs": it must be import.meta.url in the module whose default export is this one',
  ],
};
