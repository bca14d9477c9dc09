import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MockResponse } from '../../../core/contracts/mock.ts';
import { startMockUpstream, type MockUpstream } from '../../../core/mock/server.ts';
import escuelajs from '../../../plugins/sources/escuelajs/upstream.ts';
import { recordedPages, recordingsMissing, relevantHeaders, shapeOf } from '../../support/recorded.ts';

interface Product {
  id: number;
  title: string;
  slug: string;
  price: number;
  creationAt: string;
  category: { id: number; name: string };
}

type Ask = (target: string) => MockResponse;

function instance(): Ask {
  const respond = escuelajs.create({ rateLimit: true });
  return (target) => {
    const url = new URL(target, 'http://127.0.0.1:1');
    return respond({
      method: 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: {},
      url: url.href,
      arrivedAt: Date.UTC(2026, 10, 23),
    });
  };
}

const ask = instance();
const list = (query: string): Product[] => ask(`/api/v1/products${query}`).body as Product[];

describe('the embedded escuelajs', () => {
  it('pages by offset and limit, an empty list past the end', () => {
    expect(list('?offset=20&limit=20').map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, i) => 21 + i));
    expect(list('?offset=190&limit=20')).toHaveLength(10);
    expect(list('?offset=200&limit=20')).toEqual([]);
  });

  it.each(['', '?limit=20', '?offset=20', '?offset=0&limit=0', '?offset=-1&limit=20'])(
    'gives everything for %j: paging needs both parameters, and a limit',
    (query) => {
      expect(list(query)).toHaveLength(200);
    },
  );

  it('refuses parameters that are no numbers with 400 and a list of messages', () => {
    expect(ask('/api/v1/products?limit=abc&offset=x')).toMatchObject({
      status: 400,
      body: {
        message: [
          'limit must be a number conforming to the specified constraints',
          'offset must be a number conforming to the specified constraints',
        ],
        error: 'Bad Request',
        statusCode: 400,
      },
    });
  });

  it('gives one item by id, and 400 in the words of its database where it is missing', () => {
    expect(ask('/api/v1/products/7')).toMatchObject({ status: 200, body: { id: 7 } });
    expect(ask('/api/v1/products/201?x=1')).toMatchObject({
      status: 400,
      body: {
        path: '/api/v1/products/201?x=1',
        timestamp: '2026-11-23T00:00:00.000Z',
        name: 'EntityNotFoundError',
        message: expect.stringContaining('Could not find any entity of type "Product"') as unknown,
      },
    });
    expect(ask('/api/v1/products/abc')).toMatchObject({ status: 400, body: { statusCode: 400 } });
  });

  it('answers an unknown route with 404 and JSON', () => {
    const { status, headers, body } = ask('/api/v1/nowhere');
    expect([status, headers?.['content-type']]).toEqual([404, undefined]);
    expect(body).toEqual({ message: 'Cannot GET /api/v1/nowhere', error: 'Not Found', statusCode: 404 });
  });

  it('tells the total nowhere and has no rate limit', () => {
    expect(Object.keys(ask('/api/v1/products?offset=0&limit=20').headers ?? {})).toEqual([
      'access-control-allow-origin',
    ]);
  });

  it('holds the same 200 items every time, whole prices, titles and slugs all different', () => {
    const products = list('');
    expect(instance()('/api/v1/products').body).toEqual(products);
    expect(products.map(({ id }) => id)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(escuelajs.items).toBe(200);
    expect(new Set(products.map(({ slug }) => slug)).size).toBe(200);
    expect(new Set(products.map(({ category }) => category.name)).size).toBe(5);
    expect(products.every(({ price }) => Number.isInteger(price) && price > 0)).toBe(true);
    expect(products.every(({ creationAt }) => new Date(creationAt).toISOString() === creationAt)).toBe(true);
  });
});

describe.skipIf(recordingsMissing)('the embedded escuelajs beside the recorded one', () => {
  const recorded = recordedPages('escuelajs');
  let upstream: MockUpstream;
  beforeAll(async () => {
    upstream = await startMockUpstream(escuelajs);
  });
  afterAll(() => upstream.close());

  it('has items of the same shape', () => {
    const items = recorded.flatMap(({ text }) => JSON.parse(text) as Product[]);
    expect(shapeOf(list(''))).toEqual(shapeOf(items));
    expect(Object.keys(list('')[0] ?? {})).toEqual(Object.keys(items[0] ?? {}));
  });

  it.each(recorded)(
    'answers $target with the same kind of body and headers',
    async ({ target, status, headers, text }) => {
      // The recorded one held fewer items: its empty page past the end is matched by this one's.
      const own = text === '[]' ? '/api/v1/products?offset=200&limit=20' : target;
      const response = await fetch(upstream.url + own);
      const body = await response.text();
      expect(response.status).toBe(status);
      expect(body.slice(0, 2)).toBe(text.slice(0, 2));
      expect(relevantHeaders(response.headers)).toEqual(relevantHeaders(Object.entries(headers)));
      for (const name of ['content-type', 'access-control-allow-origin', 'connection', 'keep-alive']) {
        expect([name, response.headers.get(name)]).toEqual([name, headers[name]]);
      }
      expect(response.headers.get('etag')?.startsWith('W/"')).toBe(headers.etag?.startsWith('W/"'));
    },
  );
});
