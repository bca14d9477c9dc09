/** Small APIs of different styles, over the same things. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Asked {
  readonly query: URLSearchParams;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly origin: string;
}

export type Style = (asked: Asked) => Reply;

export interface Thing {
  readonly id: number;
  readonly name: string;
  readonly price: number;
}

export const things: readonly Thing[] = Array.from({ length: 47 }, (_, index) => ({
  id: index + 1,
  name: `Thing ${index + 1}`,
  price: index + 0.5,
}));

/** Starts one; returns the URL of its listing. */
export async function serve(style: Style): Promise<string> {
  const server = createServer((request, response) => {
    const origin = `http://${request.headers.host ?? ''}`;
    const { searchParams, pathname } = new URL(request.url ?? '/', origin);
    const known = pathname === '/things';
    const {
      status = 200,
      headers = {},
      body,
    } = known
      ? style({ query: searchParams, headers: request.headers, origin })
      : { status: 404, body: { error: 'not found' } };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/things`;
}

const number = (query: URLSearchParams, name: string, byDefault: number): number => {
  const value = Number(query.get(name) ?? byDefault);
  return Number.isSafeInteger(value) ? value : byDefault;
};
const page = (start: number, limit: number): readonly Thing[] => things.slice(start, start + limit);

/** Refuses what it does not know, as strict APIs do. */
function strictly(known: readonly string[], style: Style): Style {
  return (asked) => {
    const odd = [...asked.query.keys()].find((name) => !known.includes(name));
    return odd === undefined ? style(asked) : { status: 400, body: { error: `unknown parameter ${odd}` } };
  };
}

export const styles = {
  offsetAndTotal: ({ query }) => {
    const limit = number(query, 'limit', 20);
    const offset = number(query, 'offset', 0);
    return { body: { items: page(offset, limit), total: things.length, limit, offset } };
  },
  skipInStrictApi: strictly(['skip', 'limit'], ({ query }) => ({
    body: { data: page(number(query, 'skip', 0), number(query, 'limit', 10)), meta: { total_count: things.length } },
  })),
  pageAndHeaders: ({ query }) => {
    const size = number(query, 'per_page', 10);
    return {
      headers: { 'X-WP-Total': String(things.length), 'X-WP-TotalPages': String(Math.ceil(things.length / size)) },
      body: page((number(query, 'page', 1) - 1) * size, size),
    };
  },
  pageFromZero: ({ query }) => {
    const size = number(query, 'size', 10);
    const at = number(query, 'page', 0);
    return { body: { content: page(at * size, size), totalElements: things.length, number: at } };
  },
  pageOfFixedSize: ({ query }) => {
    const at = number(query, 'page', 1);
    return { body: { page: at, per_page: 6, total: things.length, total_pages: 8, data: page((at - 1) * 6, 6) } };
  },
  nextUrl: ({ query, origin }) => {
    const after = number(query, 'token', 0);
    const next = after + 10 < things.length ? `${origin}/things?token=${after + 10}` : null;
    return { body: { value: page(after, 10), '@odata.nextLink': next } };
  },
  numberedNextUrl: ({ query, origin }) => {
    const at = number(query, 'page', 1);
    const next = at * 10 < things.length ? `${origin}/things?page=${at + 1}` : null;
    return { body: { count: things.length, next, previous: null, results: page((at - 1) * 10, 10) } };
  },
  link: ({ query, origin }) => {
    const info = number(query, 'page_info', 0);
    const next = info + 10 < things.length ? { link: `<${origin}/things?page_info=${info + 10}>; rel="next"` } : {};
    return { headers: { ...next }, body: { products: page(info, 10) } };
  },
  cursor: ({ query }) => {
    const at = Number(Buffer.from(query.get('cursor') ?? '', 'base64').toString() || 0);
    const next = at + 10 < things.length ? Buffer.from(String(at + 10)).toString('base64') : null;
    return { body: { items: page(at, 10), next_cursor: next } };
  },
  pageToken: ({ query }) => {
    const at = Number((query.get('pageToken') ?? 't0').slice(1));
    return { body: { files: page(at, 10), ...(at + 10 < things.length && { nextPageToken: `t${at + 10}` }) } };
  },
  wrappedAfter: ({ query }) => {
    const at = Number((query.get('after') ?? 't3_0').slice(3));
    const children = page(at, 10).map((data) => ({ kind: 't3', data }));
    return { body: { kind: 'Listing', data: { after: at + 10 < things.length ? `t3_${at + 10}` : null, children } } };
  },
  startingAfter: ({ query }) => {
    const last = number(query, 'starting_after', 0);
    return { body: { object: 'list', data: page(last, 10), has_more: last + 10 < things.length } };
  },
  bothNeeded: ({ query }) => {
    const whole = query.get('offset') === null || query.get('limit') === null;
    return { body: whole ? things : page(number(query, 'offset', 0), number(query, 'limit', 10)) };
  },
  everything: () => ({ body: { things: things.slice(0, 9) } }),
} satisfies Record<string, Style>;
