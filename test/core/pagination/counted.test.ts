import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sliceLength } from '../../../core/pagination/counted.ts';
import { offsetPagination } from '../../../core/pagination/offset.ts';
import { pagePagination } from '../../../core/pagination/page-number.ts';
import type { Answer } from './simulated-api.ts';
import { only, pageOf, walk } from './simulated-api.ts';

/** Answers by offset and limit as dummyjson does: its own `limit` is what it returned, not what was asked for. */
function slicedApi(total: number, declared: unknown = total, skip = 'offset'): (url: URL) => Answer {
  return ({ searchParams }) => {
    const offset = Number(searchParams.get(skip));
    const length = Math.max(0, Math.min(Number(searchParams.get('limit')), total - offset));
    const items = Array.from({ length }, (_, index) => offset + index);
    return {
      body: { items, total: declared, skip: offset, limit: length },
      headers: typeof declared === 'string' || typeof declared === 'number' ? { 'x-total': String(declared) } : {},
      items: (body: { items: unknown }) => body.items,
    };
  };
}

const everyItem = (total: number): number[] => Array.from({ length: total }, (_, index) => index);
const itemsOf = (pages: readonly { json(): unknown }[]): number[] =>
  pages.flatMap((page) => (page.json() as { items: number[] }).items).toSorted((a, b) => a - b);

const sources = { body: (body: { total?: unknown }) => body.total, header: { header: 'X-Total' }, none: undefined };
const declaredIn = fc.constantFrom<keyof typeof sources>('body', 'header', 'none');
const picks = fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true }));

describe('a walk over a counted listing', () => {
  it('visits each offset once and gets each item once, for any total, limit, start, and order of answers', () => {
    fc.assert(
      fc.property(
        fc.nat(700),
        fc.integer({ min: 1, max: 60 }),
        fc.nat(40),
        declaredIn,
        picks,
        (total, limit, start, declared, order) => {
          const source = sources[declared];
          const pager = offsetPagination({ path: '/p', limit, start, ...(source && { total: source }) });
          const { keys, pages } = walk(pager, slicedApi(total), { pick: () => Number(order.next().value) });
          expect(new Set(keys).size).toBe(keys.length);
          expect(itemsOf(pages)).toEqual(everyItem(total).slice(start));
          // Without a total a full last page has to be followed by an empty one.
          const left = Math.max(0, total - start);
          const expected = declared === 'none' ? Math.floor(left / limit) + 1 : Math.max(1, Math.ceil(left / limit));
          expect(keys.length).toBe(expected);
        },
      ),
    );
  });

  it('does the same by page number, from any first page', () => {
    fc.assert(
      fc.property(
        fc.nat(700),
        fc.integer({ min: 1, max: 60 }),
        fc.nat(3),
        declaredIn,
        (total, limit, firstPage, declared) => {
          const source = sources[declared];
          const pager = pagePagination({ path: '/p', limit, firstPage, ...(source && { total: source }) });
          const answer = slicedApi(total);
          const { keys, pages } = walk(pager, (url) => {
            const offset = (Number(url.searchParams.get('page')) - firstPage) * limit;
            return answer(new URL(`?offset=${offset}&limit=${limit}`, url));
          });
          expect(new Set(keys).size).toBe(keys.length);
          expect(itemsOf(pages)).toEqual(everyItem(total));
        },
      ),
    );
  });

  it('parses the body of the first page only, and counts no items, where the body has the total', () => {
    const { pages } = walk(offsetPagination({ path: '/p', limit: 20, total: sources.body }), slicedApi(194));
    expect(pages.map((page) => page.parses)).toEqual([1, ...Array.from({ length: 9 }, () => 0)]);
    expect(pages.every((page) => page.counts === 0)).toBe(true);
  });

  it('never parses a body where a header has the total', () => {
    const { pages } = walk(offsetPagination({ path: '/p', limit: 20, total: sources.header }), slicedApi(100));
    expect(pages).toHaveLength(5);
    expect(pages.every((page) => page.parses === 0 && page.counts === 0)).toBe(true);
  });

  it.each([[-1], [Number.NaN], ['many'], [null], [{}], [12.5]])(
    'goes on page by page where the declared total is %j',
    (declared) => {
      const pager = offsetPagination({ path: '/p', limit: 20, total: sources.body });
      const { pages, mostPending } = walk(pager, slicedApi(51, declared));
      expect(itemsOf(pages)).toEqual(everyItem(51));
      expect(mostPending).toBe(1);
    },
  );

  it('takes a total given as digits', () => {
    const pager = offsetPagination({ path: '/p', limit: 20, total: sources.body });
    expect(walk(pager, slicedApi(51, '51')).keys).toHaveLength(3);
  });

  it('counts items itself where the header that should hold the total is missing', () => {
    const pager = offsetPagination({ path: '/p', limit: 20, total: { header: 'x-other' } });
    expect(walk(pager, slicedApi(51)).keys).toHaveLength(3);
  });

  it('asks for no second page where the total is 0', () => {
    expect(walk(offsetPagination({ path: '/p', limit: 20, total: sources.body }), slicedApi(0)).keys).toHaveLength(1);
  });

  it('does not add to the list at the end, where the upstream calls its limit 0', () => {
    const pager = offsetPagination({ path: '/p', limit: 20, offsetParam: 'skip' });
    expect(walk(pager, slicedApi(40, 40, 'skip')).keys.at(-1)).toBe('GET /p?limit=20&skip=40');
  });
});

describe('slices', () => {
  const pager = offsetPagination({ path: '/p', limit: 1, total: sources.body });
  const first = only(pager.first());

  it('holds the worklist to two slices, whatever the total', () => {
    const { keys, mostPending } = walk(pager, slicedApi(4 * sliceLength + 17));
    expect(keys).toHaveLength(4 * sliceLength + 17);
    expect(mostPending).toBeLessThanOrEqual(2 * sliceLength);
  });

  it.each([[1e9], [Number.MAX_SAFE_INTEGER]])('adds one slice for a total of %d', (total) => {
    const requests = pager.next(pageOf(first, { body: { total } }));
    expect(requests).toHaveLength(sliceLength);
    expect(requests.map((request) => pager.ahead?.(request).length)).toEqual([
      sliceLength,
      ...Array.from({ length: sliceLength - 1 }, () => 0),
    ]);
  });

  it.each([[sliceLength], [sliceLength + 1], [sliceLength + 2], [2 * sliceLength + 1]])(
    'joins up without a gap at a total of %d',
    (total) => {
      expect(itemsOf(walk(pager, slicedApi(total)).pages)).toEqual(everyItem(total));
    },
  );

  it('brings the next slice even where the page that heads this one never comes', () => {
    const total = 3 * sliceLength;
    const lost = `GET /p?limit=1&offset=1`;
    const { pages } = walk(pager, slicedApi(total), { fails: ({ key }) => key === lost });
    expect(itemsOf(pages)).toEqual(everyItem(total).filter((item) => item !== 1));
  });

  it('needs no more than the request itself, after a trip through JSON, to go on', () => {
    const [head] = pager.next(pageOf(first, { body: { total: 1e6 } }));
    const revived = JSON.parse(JSON.stringify(head)) as NonNullable<typeof head>;
    expect(head && pager.ahead?.(revived)).toEqual(head && pager.ahead?.(head));
    expect(pager.next(pageOf(revived))).toEqual([]);
  });
});

describe('following', () => {
  const pager = offsetPagination({ path: '/p', limit: 20, total: sources.body });

  it('is the page right after, and the end of the walk', () => {
    const last = pager.next(pageOf(only(pager.first()), { body: { total: 60 } })).at(-1);
    const extra = last && pager.following?.(last);
    expect(extra?.key).toBe('GET /p?limit=20&offset=60');
    expect(extra && pager.next(pageOf(extra, { body: { total: 1000 } }))).toEqual([]);
    expect(extra && pager.ahead?.(extra)).toEqual([]);
    expect(extra && pager.following?.(extra)?.key).toBe('GET /p?limit=20&offset=80');
  });

  it('adds no slice where it would head one', () => {
    const extra = pager.following?.(only(pager.first()));
    expect(extra && pager.ahead?.(extra)).toEqual([]);
  });
});

it('refuses a request that another pager made', () => {
  const pager = offsetPagination({ path: '/p', limit: 20 });
  const foreign = { key: 'GET /q', url: '/q', state: { position: 'x' } };
  expect(() => pager.next(pageOf(foreign, { body: [] }))).toThrow(expect.objectContaining({ code: 'internal_error' }));
});
