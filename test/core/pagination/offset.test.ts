import { describe, expect, it } from 'vitest';
import { offsetPagination } from '../../../core/pagination/offset.ts';
import { only, pageOf } from './simulated-api.ts';

describe('offsetPagination', () => {
  it('always sends both parameters, under the names of the API, beside its own query', () => {
    const pager = offsetPagination({
      path: '/products',
      limit: 20,
      offsetParam: 'skip',
      limitParam: 'take',
      query: { sortBy: 'id' },
    });
    expect(only(pager.first()).url).toBe('/products?skip=0&sortBy=id&take=20');
  });

  it('advances by the limit asked for, not by the one in the response', () => {
    const pager = offsetPagination({ path: '/products', limit: 20, offsetParam: 'skip', total: (body) => body.total });
    const next = pager.next(pageOf(only(pager.first()), { body: { total: 54, skip: 0, limit: 14 } }));
    expect(next.map(({ key }) => key)).toEqual(['GET /products?limit=20&skip=20', 'GET /products?limit=20&skip=40']);
  });

  it('says what it looks at, and where the total stands', () => {
    const unknown = offsetPagination({ path: '/p', limit: 5 });
    const inBody = offsetPagination({ path: '/p', limit: 5, total: (body: { n: number }) => body.n });
    const inHeader = offsetPagination({ path: '/p', limit: 5, total: { header: 'X-Count' } });
    expect([unknown, inBody, inHeader].map(({ needs }) => needs)).toEqual(['items', 'body', 'headers']);
    expect([unknown, inBody, inHeader].map(({ style, limit }) => `${style} ${limit}`)).toEqual(
      Array(3).fill('offset 5'),
    );
    expect(unknown).not.toHaveProperty('totalInBody');
    expect(unknown).not.toHaveProperty('totalInHeaders');
    expect(inBody).not.toHaveProperty('totalInHeaders');
    expect(inBody.totalInBody?.({ n: '7' })).toBe(7);
    expect(inHeader.totalInHeaders?.({ 'x-count': '7' })).toBe(7);
  });

  it('leaves the items before the start out of the total, so that they are not missed', () => {
    const pager = offsetPagination({ path: '/p', limit: 10, start: 25, total: (body) => body.total });
    expect(only(pager.first()).url).toBe('/p?limit=10&offset=25');
    expect(pager.totalInBody?.({ total: 40 })).toBe(15);
    expect(pager.totalInBody?.({ total: 10 })).toBe(0);
    expect(pager.totalInBody?.({ total: 'x' })).toBeUndefined();
  });

  it('treats a page longer than the limit as full: what it means is the run to say', () => {
    const pager = offsetPagination({ path: '/p', limit: 2 });
    expect(pager.next(pageOf(only(pager.first()), { body: [1, 2, 3] }))).toHaveLength(1);
  });

  it.each([
    [{ limit: 0 }, 'offsetPagination: limit must be a whole number of at least 1, found 0'],
    [{ limit: -5 }, 'found -5'],
    [{ limit: 1.5 }, 'found 1.5'],
    [{ limit: Number.NaN }, 'found NaN'],
    [{ limit: '20' as never }, 'found "20"'],
    [{ start: -1 }, 'start must be a whole number of at least 0, found -1'],
    [{ path: '' }, 'path must be a text that is not empty'],
    [{ path: undefined as never }, 'found undefined'],
    [{ offsetParam: '' }, 'a parameter name must be'],
    [{ offsetParam: 'limit' }, 'each parameter name must be used once, found "limit"'],
    [{ query: { offset: 3 } }, 'query must be without the parameters that the pager sets, found "offset"'],
    [
      { total: 'total' as never },
      'total must be a function of the parsed body, or { header: \'name\' }, found "total"',
    ],
    [{ total: { header: '' } }, 'total must be'],
  ])('refuses %o where it is defined', (wrong, message) => {
    const define = () => offsetPagination({ path: '/p', limit: 20, ...wrong });
    expect(define).toThrow(expect.objectContaining({ code: 'plugin_invalid' }));
    expect(define).toThrow(message);
  });
});
