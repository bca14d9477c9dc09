/* oxlint-disable vitest/no-standalone-expect -- each of them is called within the test of its row */
import { expect } from 'vitest';
import { cursorPagination, linkPagination } from '../../../core/plugin.ts';
import { answering, items, json, misbehaving, numberIn, paging } from '../answers.ts';
import { counted, nextUrl, slice, uncounted } from '../listings.ts';
import { upstreamRows, type Surroundings, type UpstreamRowOptions } from '../upstream-row.ts';

/** A page of two by offset, out of this list, that declares this total. */
const page = (list: readonly unknown[], offset: number, total: unknown): string =>
  json({ items: list.slice(offset, offset + 2), total });

const six = items(1, 6);
const byCursor = {
  pagination: cursorPagination({ path: '/items', limit: 2, cursor: (body) => body['next'] }),
  items: (body: { readonly [key: string]: unknown }) => body['items'],
};

/** A first page whose next one is where `target` says. */
const leading = (target: (around: Surroundings) => string): UpstreamRowOptions['upstream'] => {
  return (around) => answering(json({ items: items(1, 2), next: target(around) }))();
};

const crossOrigin = (fault: string, target: (around: Surroundings) => string): UpstreamRowOptions => ({
  fault,
  expected: 'exit 3, partial, 2 records, 1 request, cross_origin',
  source: nextUrl,
  settings: { headers: { authorization: 'Bearer of-the-faulty-source' } },
  upstream: leading(target),
});

export const pagingRows = upstreamRows('paging', [
  {
    fault: 'total that grows mid-run',
    expected: 'exit 0, complete, 8 records, 4 requests',
    source: counted,
    upstream: paging((offset) => page(items(1, 8), offset, offset < 4 ? 6 : 8)),
  },
  {
    fault: 'total that shrinks mid-run, from the end',
    // From here it looks as if an item at the front had been deleted.
    expected: 'exit 3, partial, 6 records, 4 requests, total_mismatch',
    source: counted,
    upstream: paging((offset) => page(six, offset, offset === 0 ? 8 : 6)),
  },
  {
    fault: 'total as text',
    expected: 'exit 0, complete, 6 records, 3 requests',
    source: counted,
    upstream: paging((offset) => page(six, offset, '6')),
  },
  {
    fault: 'total that is no number',
    expected: 'exit 0, complete, 5 records, 3 requests',
    source: counted,
    upstream: paging((offset) => page(items(1, 5), offset, 'many')),
  },
  {
    fault: 'negative total',
    expected: 'exit 0, complete, 5 records, 3 requests',
    source: counted,
    upstream: paging((offset) => page(items(1, 5), offset, -1)),
  },
  {
    fault: 'total of a billion, with six items',
    expected: 'exit 3, partial, 6 records, total_mismatch',
    source: counted,
    uncounted: true,
    upstream: paging((offset) => page(six, offset, 1_000_000_000)),
    // Fifty empty pages in a row are enough.
    check: ({ upstream }) => expect(upstream.heads.length).toBeLessThan(60),
  },
  {
    fault: 'total of 1e300',
    expected: 'exit 0, complete, 5 records, 3 requests',
    source: counted,
    upstream: paging((offset) => page(items(1, 5), offset, 1e300)),
  },
  {
    fault: 'total less than there is',
    expected: 'exit 3, partial, 6 records, 4 requests, total_mismatch',
    source: counted,
    // One page more than the total makes is asked for only where items are missing: here there are more.
    upstream: paging((offset) => json({ items: items(offset + 1, Math.min(offset + 2, 6)), total: 5 })),
  },
  {
    fault: 'empty page in the middle, by total',
    expected: 'exit 3, partial, 4 records, 4 requests, total_mismatch',
    source: counted,
    upstream: paging((offset) => (offset === 2 ? json({ items: [], total: 6 }) : slice(offset, 6))),
  },
  {
    fault: 'empty page in the middle, by cursor',
    expected: 'exit 0, complete, 4 records, 3 requests',
    source: byCursor,
    upstream: answering(
      json({ items: items(1, 2), next: 'b' }),
      json({ items: [], next: 'c' }),
      json({ items: items(3, 4), next: null }),
    ),
  },
  {
    fault: 'empty page in the middle, with neither total nor cursor',
    // Nothing tells it from the end.
    expected: 'exit 0, complete, 2 records, 2 requests',
    source: uncounted,
    upstream: paging((offset) => (offset === 2 ? json({ items: [] }) : json({ items: items(offset + 1, offset + 2) }))),
  },
  {
    fault: 'short page in the middle, by total',
    expected: 'exit 3, partial, 5 records, 4 requests, total_mismatch',
    source: counted,
    upstream: paging((offset) => (offset === 2 ? json({ items: items(3, 3), total: 6 }) : slice(offset, 6))),
  },
  {
    fault: 'short page in the middle, by next URL',
    expected: 'exit 0, complete, 5 records, 3 requests',
    source: nextUrl,
    upstream: answering(
      json({ items: items(1, 2), next: '/items?page=2' }),
      json({ items: items(3, 3), next: '/items?page=3' }),
      json({ items: items(4, 5), next: null }),
    ),
  },
  {
    fault: 'item inserted at the front while paging',
    // All that follow move back by one: one comes twice, and the page past the end brings the last.
    expected: 'exit 0, complete, 6 records, 4 requests, 1 duplicate',
    source: counted,
    upstream: paging((offset) => (offset === 0 ? page(six, 0, 6) : page([{ id: 0, title: 'new' }, ...six], offset, 7))),
  },
  {
    fault: 'item deleted at the front while paging',
    // All that follow move up by one, and one slips by between two pages.
    expected: 'exit 3, partial, 5 records, 3 requests, total_mismatch',
    source: counted,
    upstream: paging((offset) => (offset === 0 ? page(six, 0, 6) : page(six.slice(1), offset, 5))),
  },
  {
    fault: 'the same page for ever, by offset',
    expected: 'exit 3, partial, 2 records, 2 requests, pagination_loop',
    source: uncounted,
    upstream: answering(json({ items: items(1, 2) })),
  },
  {
    fault: 'the same page for ever, by cursor',
    expected: 'exit 3, partial, 2 records, 2 requests, pagination_loop',
    source: byCursor,
    upstream: answering(json({ items: items(1, 2), next: 'on' })),
  },
  {
    fault: 'the same items for ever, each time with the time of day',
    expected: 'exit 3, partial, 2 records, 100 duplicates, pagination_loop',
    source: uncounted,
    settings: { maxPages: 500 },
    uncounted: true,
    upstream: paging((_, index) => json({ items: items(1, 2), at: index })),
    check: ({ upstream }) => expect(upstream.heads.length).toBeLessThan(60),
  },
  {
    fault: 'new pages for ever',
    expected: 'exit 3, partial, 40 records, 20 requests, page_cap_reached',
    source: uncounted,
    settings: { maxPages: 20 },
    upstream: paging((offset) => json({ items: items(offset + 1, offset + 2) })),
  },
  crossOrigin('next page on another host', ({ trap }) => `${trap.origin}/items`),
  crossOrigin('next page on another host, without a scheme', ({ trap }) => `//127.0.0.1:${trap.port}/items`),
  crossOrigin('next page by another scheme', () => 'https://127.0.0.1/items'),
  crossOrigin('next page in a file', () => 'file:///etc/passwd'),
  crossOrigin('next page at the metadata service of a cloud', () => 'http://169.254.169.254/latest/'),
  {
    fault: 'Link header to another host',
    expected: 'exit 3, partial, 2 records, 1 request, cross_origin',
    source: { pagination: linkPagination({ path: '/items' }) },
    upstream: ({ trap }) => answering(json(items(1, 2), [`link: <${trap.origin}/items>; rel="next"`]))(),
  },
  {
    fault: 'Link header that can not be read',
    expected: 'exit 3, failed, 0 records, 3 requests, unexpected_shape after 3',
    source: { pagination: linkPagination({ path: '/items' }) },
    upstream: answering(json(items(1, 2), ['link: next please'])),
  },
  {
    fault: 'next URL that was seen before',
    expected: 'exit 3, partial, 4 records, 2 requests, pagination_loop',
    source: nextUrl,
    upstream: misbehaving((socket, head) => {
      const number = numberIn(head, 'page') || 1;
      const next = number === 1 ? '/items?page=2' : '/items?limit=2';
      socket.write(json({ items: items(number * 2 - 1, number * 2), next }));
    }),
  },
  {
    fault: 'next URL that is an object',
    expected: 'exit 3, failed, 0 records, 3 requests, unexpected_shape after 3',
    source: nextUrl,
    upstream: answering(json({ items: items(1, 2), next: { href: '/items?page=2' } })),
  },
  {
    fault: 'page longer than the limit',
    expected: 'exit 3, partial, 3 records, 1 request, paging_ignored',
    source: uncounted,
    upstream: answering(json({ items: items(1, 3) })),
  },
]);
