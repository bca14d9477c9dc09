import { expect, test } from 'vitest';
import { sliceLength } from '../../../core/pagination/counted.ts';
import { sincePager } from '../../../core/incremental/since.ts';
import { offsetPagination, type FetchedPage, type PageRequest } from '../../../core/plugin.ts';

const pager = offsetPagination({ path: '/items', limit: 10, total: { header: 'x-total' } });

function answer(request: PageRequest, headers: Record<string, string>): FetchedPage {
  return { request, status: 200, headers, url: request.url, json: () => [], itemCount: () => 10 };
}

test('puts the cursor into every request, the first and those that follow', () => {
  const since = sincePager(pager, { field: 'updatedAt', param: 'since' }, '2026-05-01T00:00:00Z');
  const [first] = since.first();
  expect(first?.url).toBe('/items?limit=10&offset=0&since=2026-05-01T00%3A00%3A00Z');
  expect(first?.key).toBe(`GET ${first?.url ?? ''}`);
  if (first === undefined) return;
  const next = since.next(answer(first, { 'x-total': '6000' }));
  expect(next).toHaveLength(sliceLength);
  expect(next.every(({ url }) => url.includes('since='))).toBe(true);
  const head = next[0];
  if (head === undefined) return;
  expect(since.ahead?.(head).every(({ url }) => url.includes('since='))).toBe(true);
  expect(since.following?.(head)?.url).toContain('since=');
});

test('replaces the cursor in a URL that the upstream has made', () => {
  const custom = { first: () => [{ key: 'a', url: '/items?since=1&x=2' }], next: () => [] };
  expect(sincePager(custom, { field: 'seq', param: 'since', kind: 'sequence' }, 7).first()[0]?.url).toBe(
    '/items?since=7&x=2',
  );
});

test('leaves it to a function where there is one', () => {
  const param = (request: PageRequest, cursor: string | number): PageRequest => ({
    ...request,
    method: 'POST',
    body: JSON.stringify({ cursor }),
  });
  const [first] = sincePager(pager, { field: 'seq', param, kind: 'sequence' }, 7).first();
  expect(first).toMatchObject({ method: 'POST', body: '{"cursor":7}' });
});

test('keeps what a pager of a class has on its prototype', () => {
  class Listing {
    readonly style = 'custom';
    get limit() {
      return 3;
    }
    first() {
      return [{ key: 'a', url: '/a' }];
    }
    next() {
      return [];
    }
    totalInHeaders() {
      return 5;
    }
  }
  const since = sincePager(new Listing(), { field: 'x', param: 'since' }, '2026-05-01');
  expect(since.limit).toBe(3);
  expect(since.totalInHeaders?.({})).toBe(5);
});
