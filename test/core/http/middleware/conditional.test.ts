import { expect, test } from 'vitest';
import type { HttpRequest, HttpResponse } from '../../../../core/contracts/http.ts';
import type { KeptPage, PageCache } from '../../../../core/contracts/page-cache.ts';
import { conditional } from '../../../../core/http/middleware/conditional.ts';

function memory(): PageCache & { readonly pages: Map<string, KeptPage> } {
  const pages = new Map<string, KeptPage>();
  return {
    pages,
    read: async (key) => pages.get(key),
    write: async (key, page) => void pages.set(key, page),
    close: async () => {},
  };
}

const url = 'https://shop.test/items?page=1';
const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(text));
const text = (body: Uint8Array): string => new TextDecoder().decode(body);

function request(change: Partial<HttpRequest> = {}): HttpRequest {
  return {
    key: 'a',
    url: new URL(url),
    method: 'GET',
    headers: {},
    attempt: 1,
    signal: new AbortController().signal,
    ...change,
  };
}

function response(change: Partial<HttpResponse> = {}): HttpResponse {
  return {
    status: 200,
    headers: { etag: '"v1"', 'content-type': 'application/json' },
    url,
    body: bytes('[1]'),
    ...change,
  };
}

/** Asks twice through one cache and returns what came, with the headers that went out. */
async function twice(first: HttpResponse, second: HttpResponse, requests = [request(), request()]) {
  const cache = memory();
  const sent: Readonly<Record<string, string>>[] = [];
  const answers = [first, second];
  const handle = conditional(cache)(async ({ headers }) => {
    sent.push(headers);
    return answers[sent.length - 1] ?? first;
  });
  const got = [];
  for (const each of requests) got.push(await handle(each));
  return { got, sent, cache };
}

const notModified = response({ status: 304, headers: { etag: '"v1"', 'x-total-count': '7' }, body: bytes('') });

test('asks by the version that was kept, and makes the kept answer of a 304', async () => {
  const { got, sent } = await twice(
    response({
      headers: { etag: '"v1"', 'last-modified': 'yesterday', 'content-type': 'application/json', 'x-total-count': '6' },
    }),
    notModified,
  );
  expect(sent).toEqual([{}, { 'if-none-match': '"v1"', 'if-modified-since': 'yesterday' }]);
  expect(got[0]?.unchanged).toBeUndefined();
  expect(got[1]).toMatchObject({ status: 200, unchanged: true });
  expect(text(got[1]?.body ?? bytes(''))).toBe('[1]');
  // What the upstream says anew counts; what is kept of the body's kind stays.
  expect(got[1]?.headers).toMatchObject({ 'content-type': 'application/json', 'x-total-count': '7' });
});

test('keeps the new answer in the place of the old one', async () => {
  const { got, cache } = await twice(response(), response({ headers: { etag: '"v2"' }, body: bytes('[2]') }));
  expect(text(got[1]?.body ?? bytes(''))).toBe('[2]');
  expect([...cache.pages.values()]).toMatchObject([{ etag: '"v2"' }]);
});

test('asks without condition when a page is asked for again', async () => {
  const { sent } = await twice(response(), response(), [request(), request({ attempt: 2 })]);
  expect(sent[1]).toEqual({});
});

test.each([
  ['without a version', { headers: {} }],
  ['that is forbidden', { headers: { etag: '"v1"', 'cache-control': 'private, no-store' } }],
  ['that varies by anything', { headers: { etag: '"v1"', vary: '*' } }],
  ['of an error', { status: 404 }],
  ['of another URL, after a redirect', { url: 'https://shop.test/elsewhere' }],
])('keeps no answer %s', async (_, change) => {
  const { cache, sent } = await twice(response(change), response(change));
  expect(cache.pages.size).toBe(0);
  expect(sent[1]).toEqual({});
});

test('keeps no cookie, and nothing of how the body travelled', async () => {
  const headers = {
    etag: '"v1"',
    'set-cookie': 'session=1',
    'content-encoding': 'gzip',
    'content-length': '3',
    link: '<x>',
  };
  const { cache } = await twice(response({ headers }), notModified);
  expect([...cache.pages.values()][0]?.headers).toEqual({ etag: '"v1"', link: '<x>' });
});

test('leaves a POST, and a request with a condition of its own, alone', async () => {
  for (const change of [
    { method: 'POST' as const },
    { headers: { 'If-None-Match': '"mine"' } },
    { headers: { range: 'bytes=0-1' } },
  ]) {
    const { cache } = await twice(response(), notModified, [request(change), request(change)]);
    expect(cache.pages.size).toBe(0);
  }
});

test('a 304 that nobody asked for stays one', async () => {
  const { got } = await twice(notModified, notModified);
  expect(got[0]?.status).toBe(304);
});

test('tells answers apart by headers: another account gets another answer', async () => {
  const { sent, cache } = await twice(response(), response(), [
    request({ headers: { authorization: 'a' } }),
    request({ headers: { authorization: 'b' } }),
  ]);
  expect(cache.pages.size).toBe(2);
  expect(sent[1]).toEqual({ authorization: 'b' });
  expect([...cache.pages.keys()].join()).toMatch(/^[\da-f,]+$/);
});
