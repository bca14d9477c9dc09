import { describe, expect, it } from 'vitest';
import { pagePagination } from '../../../core/pagination/page-number.ts';
import { only, pageOf, walk } from './simulated-api.ts';

const keysAfterFirst = (pager: ReturnType<typeof pagePagination>, body: unknown): string[] =>
  pager.next(pageOf(only(pager.first()), { body })).map(({ key }) => key);

describe('pagePagination', () => {
  it('counts from page 1 with the usual names', () => {
    const pager = pagePagination({ path: '/p', limit: 10, total: (body) => body.total });
    expect(only(pager.first()).key).toBe('GET /p?limit=10&page=1');
    expect(keysAfterFirst(pager, { total: 21 })).toEqual(['GET /p?limit=10&page=2', 'GET /p?limit=10&page=3']);
  });

  it('counts from another first page', () => {
    const pager = pagePagination({ path: '/p', limit: 10, firstPage: 0, totalPages: (body) => body.pages });
    expect(only(pager.first()).key).toBe('GET /p?limit=10&page=0');
    expect(keysAfterFirst(pager, { pages: 2 })).toEqual(['GET /p?limit=10&page=1']);
  });

  it('ends at the exactly full last page of jsonplaceholder, by the header alone', () => {
    const pager = pagePagination({
      path: '/posts',
      limit: 20,
      pageParam: '_page',
      limitParam: '_limit',
      total: { header: 'X-Total-Count' },
    });
    const { keys, pages } = walk(pager, () => ({ headers: { 'x-total-count': '100' } }));
    expect(keys).toEqual([1, 2, 3, 4, 5].map((page) => `GET /posts?_limit=20&_page=${page}`));
    expect(pages.every(({ parses, counts }) => parses + counts === 0)).toBe(true);
  });

  it('puts the declared number of pages before what the total gives', () => {
    const options = { path: '/p', limit: 10, total: (body: { total: number }) => body.total };
    const pager = pagePagination({ ...options, totalPages: (body) => body.pages });
    expect(keysAfterFirst(pager, { total: 100, pages: 3 })).toHaveLength(2);
    expect(keysAfterFirst(pager, { total: 100, pages: 'x' })).toHaveLength(9);
    expect(pager.totalInBody?.({ total: 100 })).toBe(100);
  });

  it('looks at the body where either count is there', () => {
    const pager = pagePagination({
      path: '/p',
      limit: 10,
      total: { header: 'x-total' },
      totalPages: (body) => body.pages,
    });
    expect(pager.needs).toBe('body');
    expect(pager.totalInHeaders?.({ 'x-total': '5' })).toBe(5);
    expect(pager).not.toHaveProperty('totalInBody');
  });

  it('does not hold a number of pages for a number of items', () => {
    const pager = pagePagination({ path: '/p', limit: 10, totalPages: { header: 'x-pages' } });
    expect(pager.needs).toBe('headers');
    expect(pager).not.toHaveProperty('totalInHeaders');
  });

  it.each([
    [{ limit: 0 }, 'pagePagination: limit must be a whole number of at least 1, found 0'],
    [{ firstPage: -1 }, 'firstPage must be'],
    [{ pageParam: 'limit' }, 'each parameter name must be used once'],
    [{ totalPages: 7 as never }, 'totalPages must be'],
  ])('refuses %o where it is defined', (wrong, message) => {
    expect(() => pagePagination({ path: '/p', limit: 20, ...wrong })).toThrow(message);
  });
});
