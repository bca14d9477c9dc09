/** Ten public APIs as small servers: their pagination, and nothing else of them. */

/** What a server is asked. */
export interface Asked {
  readonly method: string;
  readonly url: URL;
  /** The parsed body of a POST. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Requests before this one. */
  readonly earlier: number;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Answers with a part of its items, as that API does. */
export type ApiServer = (asked: Asked) => Reply;

/** How many items each has: the last page of a hundred is a short one, the last of 1000 is the only one. */
export const itemCount = 437;

const all = Array.from({ length: itemCount }, (_, index) => index + 1);
const numberIn = ({ url }: Asked, name: string): number => Number(url.searchParams.get(name) ?? 0);
const sizeIn = (asked: Asked, name: string): number => Math.min(numberIn(asked, name), 100);

/** The items behind the first `from`, no more than `size`. */
function slice<Item>(from: number, size: number, make: (id: number) => Item) {
  const items = all.slice(from, from + size).map(make);
  return { items, end: from + items.length, more: from + items.length < itemCount };
}

/** A cursor that nobody can make up. */
const opaque = (position: number): string => Buffer.from(`p:${position}`).toString('base64');
const positionOf = (cursor: unknown): number =>
  typeof cursor === 'string' && cursor !== '' ? Number(Buffer.from(cursor, 'base64').toString().slice(2)) : 0;

const notFound: Reply = { status: 404, body: { message: 'not found' } };
const at = (path: string, method: string, answer: ApiServer): ApiServer => {
  return (asked) => (asked.url.pathname === path && asked.method === method ? answer(asked) : notFound);
};

export const apiServers = {
  github: at('/orgs/nodejs/repos', 'GET', (asked) => {
    const size = sizeIn(asked, 'per_page');
    const page = numberIn(asked, 'page') || 1;
    const { items, more } = slice((page - 1) * size, size, (id) => ({
      id,
      full_name: `nodejs/r${id}`,
      language: null,
    }));
    const to = (number: number, rel: string): string =>
      `<${asked.url.origin}/orgs/nodejs/repos?per_page=${size}&page=${number}>; rel="${rel}"`;
    return {
      body: items,
      headers: {
        link: [to(1, 'first'), ...(more ? [to(page + 1, 'next'), to(Math.ceil(itemCount / size), 'last')] : [])].join(
          ', ',
        ),
      },
    };
  }),
  stripe: at('/v1/products', 'GET', (asked) => {
    const from = Number((asked.url.searchParams.get('starting_after') ?? 'prod_0').slice(5));
    const { items, more } = slice(from, sizeIn(asked, 'limit'), (id) => ({ id: `prod_${id}`, name: `Product ${id}` }));
    return { body: { object: 'list', data: items, has_more: more } };
  }),
  shopify: at('/admin/api/2025-01/products.json', 'GET', (asked) => {
    const { url } = asked;
    const size = sizeIn(asked, 'limit');
    const from = positionOf(url.searchParams.get('page_info'));
    const { items, end, more } = slice(from, size, (id) => ({ id, title: `Product ${id}`, vendor: 'Acme' }));
    const next = `<${url.origin}${url.pathname}?limit=${size}&page_info=${encodeURIComponent(opaque(end))}>; rel="next"`;
    return { body: { products: items }, headers: more ? { link: next } : {} };
  }),
  notion: at('/v1/search', 'POST', ({ body }) => {
    const size = Math.min(Number(body['page_size']), 100);
    const { items, end, more } = slice(positionOf(body['start_cursor']), size, (id) => ({
      id: `n-${id}`,
      url: `https://notion.so/n-${id}`,
    }));
    return { body: { object: 'list', results: items, next_cursor: more ? opaque(end) : null, has_more: more } };
  }),
  slack: at('/api/conversations.list', 'GET', (asked) => {
    // Its second request comes too early.
    if (asked.earlier === 1) {
      return { status: 429, headers: { 'retry-after': '1' }, body: { ok: false, error: 'ratelimited' } };
    }
    const from = positionOf(asked.url.searchParams.get('cursor'));
    const { items, end, more } = slice(from, sizeIn(asked, 'limit'), (id) => ({ id: `C${id}`, name: `channel-${id}` }));
    return { body: { ok: true, channels: items, response_metadata: { next_cursor: more ? opaque(end) : '' } } };
  }),
  odata: at('/V4/Northwind/Northwind.svc/Products', 'GET', (asked) => {
    const { url } = asked;
    const from = numberIn(asked, '$skiptoken');
    const { items, end, more } = slice(from, 20, (id) => ({ ProductID: id, ProductName: `P${id}`, UnitPrice: id / 4 }));
    const next = { '@odata.nextLink': `Products?$count=true&$skiptoken=${end}` };
    const count = url.searchParams.get('$count') === 'true' ? { '@odata.count': itemCount } : {};
    return { body: { ...count, value: items, ...(more && next) } };
  }),
  elasticsearch: at('/products/_search', 'POST', ({ body }) => {
    const [after = 0] = (body['search_after'] ?? []) as number[];
    const { items } = slice(after, Math.min(Number(body['size']), 100), (id) => ({
      _id: `sku-${id}`,
      _source: { name: `Product ${id}`, price: id / 2 },
      sort: [id],
    }));
    return { body: { hits: { total: { value: itemCount, relation: 'eq' }, hits: items } } };
  }),
  wordpress: at('/wp-json/wp/v2/posts', 'GET', (asked) => {
    const size = sizeIn(asked, 'per_page');
    const pages = Math.ceil(itemCount / size);
    const page = numberIn(asked, 'page') || 1;
    if (page > pages) return { status: 400, body: { code: 'rest_post_invalid_page_number' } };
    const { items } = slice((page - 1) * size, size, (id) => ({
      id,
      link: `https://wordpress.org/news/${id}`,
      title: { rendered: `Post ${id}` },
    }));
    return { body: items, headers: { 'x-wp-total': String(itemCount), 'x-wp-totalpages': String(pages) } };
  }),
  reddit: at('/r/node/new.json', 'GET', (asked) => {
    const from = Number((asked.url.searchParams.get('after') ?? 't3_0').slice(3));
    const { items, end, more } = slice(from, sizeIn(asked, 'limit'), (id) => ({
      kind: 't3',
      data: { name: `t3_${id}`, title: `Post ${id}`, url: `https://www.reddit.com/${id}` },
    }));
    return { body: { kind: 'Listing', data: { after: more ? `t3_${end}` : null, children: items } } };
  }),
  relay: at('/graphql', 'POST', ({ body }) => {
    const { first, after } = body['variables'] as { readonly first: number; readonly after?: string };
    const { items, end, more } = slice(positionOf(after), Math.min(first, 100), (id) => ({
      id: `gid-${id}`,
      title: `Product ${id}`,
      price: id,
    }));
    return { body: { data: { products: { nodes: items, pageInfo: { hasNextPage: more, endCursor: opaque(end) } } } } };
  }),
} satisfies Record<string, ApiServer>;
