import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FetchedPage } from '../../../core/contracts/page.ts';
import { sliceLength } from '../../../core/pagination/counted.ts';
import { offsetPagination } from '../../../core/pagination/offset.ts';
import { pagePagination } from '../../../core/pagination/page-number.ts';
import { type Answer, pageOf, walk } from './simulated-api.ts';

/** Pages of `limit` numbers from 0 on; where `declared` says so, some of them do not tell the total. */
function numbers(total: number, tells: (position: number) => boolean = () => true): (url: URL) => Answer {
  return ({ searchParams }) => {
    const limit = Number(searchParams.get('limit'));
    const offset = Number(searchParams.get('offset') ?? Number(searchParams.get('page')) * limit);
    const items = Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, index) => offset + index);
    const told = tells(offset / limit);
    return {
      body: { items, ...(told && { total, pages: Math.ceil(total / limit) }) },
      headers: told ? { 'x-total': String(total) } : {},
      items: (body: { items: unknown }) => body.items,
    };
  };
}

const itemsOf = (pages: readonly FetchedPage[]): number[] =>
  pages.flatMap((page) => (page.json() as { items: number[] }).items).toSorted((a, b) => a - b);

const counts = {
  body: { total: (body: { total?: unknown }) => body.total },
  header: { total: { header: 'X-Total' } },
  pages: { totalPages: (body: { pages?: unknown }) => body.pages },
  nowhere: {},
};
const declaredIn = fc.constantFrom(...Object.values(counts));
const picks = fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true }));
const lookaheads = fc.integer({ min: 0, max: 32 });

describe('a listing that is asked for ahead', () => {
  it('gives what it gives without, asks for no page twice, and for as many more at most, whatever comes first', () => {
    fc.assert(
      fc.property(
        fc.nat(900),
        fc.integer({ min: 1, max: 40 }),
        lookaheads,
        declaredIn,
        picks,
        fc.func(fc.boolean()),
        (total, limit, lookahead, declared, order, tells) => {
          const options = { path: '/p', limit, firstPage: 0, ...declared };
          const api = numbers(total, (position) => tells(position));
          const plain = walk(pagePagination(options), api);
          const ahead = walk(pagePagination({ ...options, lookahead }), api, {
            pick: () => Number(order.next().value),
          });
          expect(itemsOf(ahead.pages)).toEqual(itemsOf(plain.pages));
          expect(new Set(ahead.keys).size).toBe(ahead.keys.length);
          expect(ahead.keys.length).toBeLessThanOrEqual(plain.keys.length + lookahead);
        },
      ),
    );
  });

  it('joins up without a gap over slices, and goes on after a trip through JSON', () => {
    const total = 3 * sliceLength + 11;
    const pager = offsetPagination({ path: '/p', limit: 1, lookahead: 7, total: { header: 'X-Total' } });
    const revived: typeof pager = {
      ...pager,
      next: (page) => JSON.parse(JSON.stringify(pager.next(page))) as ReturnType<typeof pager.next>,
    };
    const { pages, keys, mostPending } = walk(revived, numbers(total));
    expect(itemsOf(pages)).toHaveLength(total);
    expect(keys).toHaveLength(total);
    expect(mostPending).toBeLessThanOrEqual(2 * sliceLength + 8);
  });

  it('keeps as many under way where nothing tells how many there are', () => {
    const pager = offsetPagination({ path: '/p', limit: 10, lookahead: 4 });
    const { keys, mostPending } = walk(pager, numbers(100));
    expect(mostPending).toBe(5);
    // Ten full pages, the empty one after them, and four past it.
    expect(keys).toHaveLength(15);
  });

  it('ends at a first page that is not full, whatever the others that were asked for along with it', () => {
    const pager = offsetPagination({ path: '/p', limit: 10, lookahead: 3 });
    expect(walk(pager, numbers(4)).keys).toEqual([
      'GET /p?limit=10&offset=0',
      'GET /p?limit=10&offset=10',
      'GET /p?limit=10&offset=20',
      'GET /p?limit=10&offset=30',
    ]);
  });

  it('asks for the first page alone by default', () => {
    expect(offsetPagination({ path: '/p', limit: 10 })).not.toHaveProperty('lookahead');
    expect(offsetPagination({ path: '/p', limit: 10 }).first()).toHaveLength(1);
  });

  it('goes on with the stride that a page was asked for by, in a life with another lookahead', () => {
    const [, second] = offsetPagination({ path: '/p', limit: 1, lookahead: 4 }).first();
    const other = offsetPagination({ path: '/p', limit: 1, lookahead: 9 });
    const asked = second && other.next(pageOf(second, { body: [1] }));
    expect(asked?.map(({ key }) => key)).toEqual(['GET /p?limit=1&offset=6']);
  });

  it.each([
    [-1, 'a whole number of at least 0, found -1'],
    [1.5, 'a whole number of at least 0, found 1.5'],
    [33, 'at most 32, found 33'],
  ])('refuses %d', (lookahead, words) => {
    expect(() => offsetPagination({ path: '/p', limit: 10, lookahead })).toThrow(
      `offsetPagination: lookahead must be ${words}`,
    );
    expect(() => pagePagination({ path: '/p', limit: 10, lookahead })).toThrow(
      `pagePagination: lookahead must be ${words}`,
    );
  });
});
