import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MockRequest, MockResponse } from '../../../core/contracts/mock.ts';
import { startMockUpstream, type MockUpstream } from '../../../core/mock/server.ts';
import dummyjson from '../../../plugins/sources/dummyjson/upstream.ts';
import { recordedPages, recordingsMissing, relevantHeaders, shapeOf } from '../../support/recorded.ts';

interface Product {
  id: number;
  title: string;
  price: number;
  brand?: string;
}
interface Listing {
  products: Product[];
  total: number;
  skip: number;
  limit: number;
}

type Ask = (target: string, arrivedAt?: number) => MockResponse;

function instance(rateLimit = false): Ask {
  const respond = dummyjson.create({ rateLimit });
  return (target, arrivedAt = 0) => {
    const url = new URL(target, 'http://127.0.0.1:1');
    const call: MockRequest = {
      method: 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: {},
      url: url.href,
      arrivedAt,
    };
    return respond(call);
  };
}

const ask = instance();
const list = (query: string): Listing => ask(`/products${query}`).body as Listing;

describe('the embedded dummyjson', () => {
  it('pages by limit and skip, its `limit` being the number of items returned', () => {
    expect(list('?limit=20&skip=0')).toMatchObject({ total: 194, skip: 0, limit: 20 });
    expect(list('?limit=20&skip=20').products.map(({ id }) => id)).toEqual(
      Array.from({ length: 20 }, (_, i) => 21 + i),
    );
    expect(list('?limit=20&skip=180')).toMatchObject({ total: 194, skip: 180, limit: 14 });
    expect(list('?limit=20&skip=200')).toEqual({ products: [], total: 194, skip: 200, limit: 0 });
  });

  it('gives 30 where no limit is asked for, and all for a limit of 0', () => {
    expect(list('')).toMatchObject({ skip: 0, limit: 30 });
    expect(list('?limit=0')).toMatchObject({ total: 194, limit: 194 });
    expect(list('?limit=0&skip=190').products).toHaveLength(4);
  });

  it.each(['?limit=abc', '?limit=-1', '?skip=abc', '?delay=abc', '?delay=5001'])('refuses %s with 400', (query) => {
    const { status, body } = ask(`/products${query}`);
    expect(status).toBe(400);
    expect(body).toEqual({ message: expect.any(String) as unknown });
  });

  it('gives one item by id, and 404 with a message where it is missing', () => {
    expect(ask('/products/7')).toMatchObject({ status: 200, body: { id: 7 } });
    expect(ask('/products/195')).toMatchObject({ status: 404, body: { message: "Product with id '195' not found" } });
  });

  it('answers an unknown route with 404 and HTML', () => {
    const { status, headers, body } = ask('/nowhere');
    expect([status, headers?.['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    expect(body).toMatch(/^<!DOCTYPE html>/);
  });

  it('waits as long as `delay` says', () => {
    expect(ask('/products?delay=5000').delayMs).toBe(5000);
  });

  it('takes 100 requests in 10 s, then 429 until the window is over', () => {
    const limited = instance(true);
    const at = (ms: number): MockResponse => limited('/products?limit=1', 1_000_250 + ms);
    expect(at(0).headers).toMatchObject({
      'x-ratelimit-limit': '100',
      'x-ratelimit-remaining': '99',
      'x-ratelimit-reset': '1011',
    });
    const others = Array.from({ length: 99 }, (_, index) => at(index));
    expect(others.every(({ status }) => status === 200)).toBe(true);
    expect(others.at(-1)?.headers?.['x-ratelimit-remaining']).toBe('0');
    // The whole window, though only a millisecond of it is left.
    expect(at(9_999)).toMatchObject({
      status: 429,
      headers: { 'retry-after': '10', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1011' },
      body: { message: 'request limit exceeded, please wait a few seconds' },
    });
    expect(at(10_000)).toMatchObject({ status: 200, headers: { 'x-ratelimit-remaining': '99' } });
  });

  it('counts every request against the limit, errors too, and says nothing of it when switched off', () => {
    const limited = instance(true);
    limited('/nowhere');
    expect(limited('/products?limit=abc').headers?.['x-ratelimit-remaining']).toBe('98');
    const free = Array.from({ length: 150 }, () => ask('/products?limit=1'));
    expect(free.every(({ status }) => status === 200)).toBe(true);
    expect(Object.keys(free[0]?.headers ?? {}).filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
  });

  it('holds the same 194 items every time, 92 without a brand, one title twice', () => {
    const { products } = list('?limit=0');
    expect(instance()('/products?limit=0').body).toEqual(ask('/products?limit=0').body);
    expect(products.map(({ id }) => id)).toEqual(Array.from({ length: 194 }, (_, index) => index + 1));
    expect(dummyjson.items).toBe(194);
    expect(products.filter((product) => !('brand' in product))).toHaveLength(92);
    expect(products[95]?.title).toBe(products[190]?.title);
    expect(new Set(products.map(({ title }) => title)).size).toBe(193);
    expect(products.every(({ price }) => price > 0 && /^\d+(\.\d\d?)?$/.test(String(price)))).toBe(true);
  });
});

describe.skipIf(recordingsMissing)('the embedded dummyjson beside the recorded one', () => {
  const recorded = recordedPages('dummyjson');
  let upstream: MockUpstream;
  beforeAll(async () => {
    upstream = await startMockUpstream(dummyjson);
  });
  afterAll(() => upstream.close());

  it('has items of the same shape', () => {
    const items = recorded.flatMap(({ text }) => (JSON.parse(text) as Listing).products);
    expect(shapeOf(list('?limit=0').products)).toEqual(shapeOf(items));
    expect(Object.keys(list('').products[0] ?? {})).toEqual(Object.keys(items[0] ?? {}));
  });

  it.each(recorded)('answers $target with the same envelope and headers', async ({ target, status, headers, text }) => {
    const response = await fetch(upstream.url + target, { headers: { 'accept-encoding': 'identity' } });
    const body = await response.text();
    const envelope = (json: string): unknown => ({ ...(JSON.parse(json) as Listing), products: undefined });
    expect(response.status).toBe(status);
    expect(envelope(body)).toEqual(envelope(text));
    expect(Object.keys(JSON.parse(body) as Listing)).toEqual(Object.keys(JSON.parse(text) as Listing));
    expect(relevantHeaders(response.headers)).toEqual(relevantHeaders(Object.entries(headers)));
    for (const name of ['content-type', 'vary', 'x-ratelimit-limit', 'connection', 'keep-alive']) {
      expect([name, response.headers.get(name)]).toEqual([name, headers[name]]);
    }
    expect(response.headers.get('etag')?.startsWith('W/"')).toBe(headers.etag?.startsWith('W/"'));
  });
});
