import type { Clock } from '../../core/contracts/clock.ts';
import type { HttpRequest, HttpResponse, TransportFactory } from '../../core/contracts/http.ts';
import {
  cursorPagination,
  defineChild,
  defineSource,
  linkPagination,
  offsetPagination,
  type SourcePlugin,
} from '../../core/plugin.ts';

/** An item as these upstreams give it. */
export interface Thing {
  readonly id: number;
  readonly name?: string;
  readonly price?: number | string;
  readonly group?: string;
}

interface Page {
  readonly items: readonly Thing[];
  readonly next?: string;
  /** Sent as it is, instead of the items, until the upstream is mended. */
  readonly broken?: string;
  readonly status?: number;
}

/** `/things?limit=4&offset=8` at `counted.test` → its page. */
type Listing = ReadonlyMap<string, Page>;

const thing = (id: number): Thing => ({ id, name: `Thing ${id}`, price: id * 1.25, group: `g${id % 3}` });
const things = (from: number, to: number): Thing[] => Array.from({ length: to - from }, (_, at) => thing(from + at));

/** A known total; an item that was on an earlier page, a page that can't be read, and behind it an item without a name. */
const counted: Listing = new Map<string, Page>([
  ['/things?limit=4&offset=0', { items: things(1, 5) }],
  ['/things?limit=4&offset=4', { items: things(5, 9) }],
  ['/things?limit=4&offset=8', { items: [thing(2), thing(10), thing(11), thing(12)] }],
  ['/things?limit=4&offset=12', { items: things(13, 17), broken: '{"total": 22, "items": [{' }],
  ['/things?limit=4&offset=16', { items: things(17, 21) }],
  ['/things?limit=4&offset=20', { items: [thing(21), { id: 22, price: 1 }] }],
]);

/** One page leads to the next; one is empty, one can't be read, and what follows it repeats items or has no good price. */
const chained: Listing = new Map<string, Page>([
  ['/things', { items: things(1, 4), next: 'b' }],
  ['/things?cursor=b', { items: things(4, 7), next: 'c' }],
  ['/things?cursor=c', { items: [], next: 'd' }],
  ['/things?cursor=d', { items: [thing(5), thing(8), thing(5)], next: 'e', broken: '<html>' }],
  ['/things?cursor=e', { items: [thing(9), { ...thing(10), price: 'free' }] }],
]);

/** Headers lead on, before a body has been looked at. */
const linked: Listing = new Map<string, Page>(
  [1, 2, 3, 4, 5].map((page) => [
    page === 1 ? '/things' : `/things?page=${page}`,
    { items: things(page * 2, page * 2 + 2), ...(page < 5 && { next: `/things?page=${page + 1}` }) },
  ]),
);

/** A known total; one page that a response rule says holds nothing to read. */
const withGap: Listing = new Map<string, Page>([
  ['/things?limit=2&offset=0', { items: things(1, 3) }],
  ['/things?limit=2&offset=2', { items: [], status: 410 }],
  ['/things?limit=2&offset=4', { items: things(5, 7) }],
]);

/** Ends with a link that leads elsewhere. */
const strayed: Listing = new Map<string, Page>([
  ['/things', { items: things(1, 3), next: '/things?page=2' }],
  ['/things?page=2', { items: things(3, 5), next: '//elsewhere.test/' }],
]);

/**
 * Things with parts of their own, in listings some of which are alike. One has no name, so that its parts are asked for
 * after the fix; a part has no good price, and the parts of one thing can't be read.
 */
const branched: Listing = new Map<string, Page>([
  ['/things?limit=2&offset=0', { items: things(1, 3) }],
  ['/things?limit=2&offset=2', { items: [{ id: 3, price: 1 }, thing(4)] }],
  ['/things?limit=2&offset=4', { items: things(5, 6) }],
  ['/things/1/parts', { items: things(1, 3), next: 'b' }],
  ['/things/1/parts?cursor=b', { items: [{ ...thing(3), price: 'free' }, thing(4)] }],
  ['/things/2/parts', { items: things(1, 2) }],
  ['/things/3/parts', { items: things(1, 3) }],
  ['/things/4/parts', { items: things(1, 2) }],
  ['/things/5/parts', { items: things(1, 2), broken: '<html>' }],
]);

const listings: ReadonlyMap<string, Listing> = new Map([
  ['counted', counted],
  ['chained', chained],
  ['linked', linked],
  ['gapped', withGap],
  ['strayed', strayed],
  ['branched', branched],
]);

/** Makes all items records, those without a name too: what a plugin is after a fix. */
const mended = (item: Thing) => ({
  id: item.id,
  title: item.name ?? 'Nameless',
  price: typeof item.price === 'number' ? item.price : null,
  category: item.group,
});
const asIs = ({ id, name, price, group }: Thing) => ({ id, title: name, price, category: group });

/** Which upstreams: listings of three kinds, those of which something is never read, or the one with parts. */
export type JournalScene = 'listings' | 'gaps' | 'parts';

/** A source for each upstream of the scene. */
export function journalSources(fixed = false, scene: JournalScene = 'listings'): readonly SourcePlugin[] {
  const common = {
    rateLimit: { requests: 2, perMs: 300 },
    normalizer: { normalize: fixed ? mended : asIs },
  };
  const items = (body: Readonly<Record<string, unknown>>): unknown => body['items'];
  const sources = [
    defineSource({
      ...common,
      items,
      name: 'counted',
      baseUrl: 'https://counted.test',
      pagination: offsetPagination({ path: '/things', limit: 4, total: (body) => body['total'] }),
    }),
    defineSource({
      ...common,
      items,
      name: 'chained',
      baseUrl: 'https://chained.test',
      pagination: cursorPagination({ path: '/things', cursor: (body) => body['next'] }),
    }),
    defineSource({
      ...common,
      items,
      name: 'linked',
      baseUrl: 'https://linked.test',
      pagination: linkPagination({ path: '/things' }),
    }),
  ];
  const gapped = defineSource({
    ...common,
    items,
    name: 'gapped',
    baseUrl: 'https://gapped.test',
    pagination: offsetPagination({ path: '/things', limit: 2, total: (body) => body['total'] }),
    responseActions: [{ status: 410, action: 'ignore' }],
  });
  const straying = defineSource({
    ...common,
    items,
    name: 'strayed',
    baseUrl: 'https://strayed.test',
    pagination: linkPagination({ path: '/things' }),
  });
  const parts = defineChild({
    name: 'parts',
    parent: ({ id }: Thing) => ({ thing: id }),
    pagination: ({ thing: of }) => cursorPagination({ path: `/things/${of}/parts`, cursor: (body) => body['next'] }),
    items,
    normalizer: {
      normalize(item: Thing, { parent }) {
        const made = common.normalizer.normalize(item);
        return { ...made, id: `${Number(parent?.['thing'])}-${made.id}` };
      },
    },
  });
  const branching = defineSource({
    ...common,
    items,
    name: 'branched',
    baseUrl: 'https://branched.test',
    pagination: offsetPagination({ path: '/things', limit: 2, total: (body) => body['total'] }),
    children: [parts],
  });
  return { listings: sources, gaps: [gapped, straying], parts: [branching] }[scene];
}

/** Whether an item becomes a record. */
export function isGood({ name, price }: Thing, fixed = false): boolean {
  return fixed || (name !== undefined && typeof price === 'number');
}

/** Ids of the records that a page brings when it is asked for by `source`. */
export function idsOf(source: string, url: string, fixed = false): readonly string[] {
  const items = listings.get(source)?.get(url)?.items ?? [];
  const whole = /^\/things\/(\d+)\/parts/.exec(url)?.[1];
  const prefix = whole === undefined ? `${source}:` : `${source}:parts/${whole}-`;
  return items.filter((item) => isGood(item, fixed)).map(({ id }) => `${prefix}${id}`);
}

/** Answers as the upstreams do, after a moment; `onAsked` hears of each request. */
export function journalTransport(
  clock: Clock,
  fixed: boolean,
  onAsked: (source: string, url: string) => void,
): TransportFactory {
  return ({ origin }) => {
    const source = new URL(origin).hostname.replace('.test', '');
    const listing = listings.get(source) ?? new Map<string, Page>();
    const total =
      [...listing].reduce((sum, [url, { items }]) => (url.includes('/parts') ? sum : sum + items.length), 0) +
      (source === 'gapped' ? 2 : 0);
    return {
      async handle(request: HttpRequest): Promise<HttpResponse> {
        const url = request.url.pathname + request.url.search;
        onAsked(source, url);
        request.onPhase?.('sent');
        const ms = 60 + ((url.length * 37 + source.length * 11) % 160);
        await new Promise<void>((resolve) => void clock.timer(ms, resolve));
        request.signal.throwIfAborted();
        return answer(request, listing.get(url), total, fixed);
      },
      close: () => Promise.resolve(),
    };
  };
}

function answer({ url }: HttpRequest, page: Page | undefined, total: number, fixed: boolean): HttpResponse {
  const { items = [], next, broken, status = 200 } = page ?? { status: 404 };
  const linking = next?.startsWith('/') === true;
  const whole = JSON.stringify({ total, items, ...(next !== undefined && !linking && { next }) });
  const body = broken !== undefined && !fixed ? broken : whole;
  const headers = { 'content-type': 'application/json', ...(linking && { link: `<${next}>; rel="next"` }) };
  return { status, headers, url: url.href, body: new Uint8Array(new TextEncoder().encode(body)) };
}
