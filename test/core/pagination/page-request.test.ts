import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageRequest, requestKey } from '../../../core/pagination/page-request.ts';

describe('pageRequest', () => {
  it('names a page by its method and its canonical URL', () => {
    expect(pageRequest({ path: '/products', query: { skip: 0, limit: 20 } })).toEqual({
      key: 'GET /products?limit=20&skip=0',
      url: '/products?limit=20&skip=0',
    });
  });

  it('gives the same key whatever the order of the parameters', () => {
    const entries = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.string()), { selector: ([name]) => name });
    fc.assert(
      fc.property(
        entries.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          const keyOf = (pairs: [string, string][]): string =>
            pageRequest({ path: '/p', query: Object.fromEntries(pairs) }).key;
          expect(keyOf(shuffled)).toBe(keyOf(list));
        },
      ),
    );
  });

  it('keeps every parameter readable for the server', () => {
    const { url } = pageRequest({ path: '/p', query: { 'page[size]': 5, q: 'a&b=c d#é', on: false } });
    const params = new URL(url, 'https://api.test').searchParams;
    expect(Object.fromEntries(params)).toEqual({ 'page[size]': '5', q: 'a&b=c d#é', on: 'false' });
  });

  it('repeats the name of a list in its order and leaves out what is null or undefined', () => {
    expect(pageRequest({ path: '/p', query: { tag: ['b', 'a'], none: [], no: null, nor: undefined } }).url).toBe(
      '/p?tag=b&tag=a',
    );
  });

  it('joins the query of the path with its own, which goes first', () => {
    expect(pageRequest({ path: '/p?x=1&page=9#part', query: { page: 2 } }).url).toBe('/p?page=2&x=1');
  });

  it('leaves a path without parameters as it is', () => {
    expect(pageRequest({ path: '/p?', query: {} }).url).toBe('/p');
  });

  it('takes an absolute URL', () => {
    expect(pageRequest({ path: 'https://other.test/p', query: { a: 1 } }).key).toBe('GET https://other.test/p?a=1');
  });

  it('tells apart POSTs to one URL by their bodies', () => {
    const post = (body: string) => pageRequest({ path: '/graphql', body });
    expect(post('{"after":1}').key).toMatch(/^POST \/graphql#[\da-f]{16}$/);
    expect(post('{"after":1}')).toEqual(post('{"after":1}'));
    expect(post('{"after":1}').key).not.toBe(post('{"after":2}').key);
    expect(post('{"after":1}')).toMatchObject({ method: 'POST', body: '{"after":1}' });
  });

  it('keeps headers and state out of the key', () => {
    const request = pageRequest({ path: '/p', headers: { accept: 'application/json' }, state: { position: 3 } });
    expect(request).toEqual({
      key: 'GET /p',
      url: '/p',
      headers: { accept: 'application/json' },
      state: { position: 3 },
    });
  });

  it('refuses a GET with a body', () => {
    expect(() => pageRequest({ path: '/p', method: 'GET', body: 'x' })).toThrow(
      expect.objectContaining({ code: 'plugin_invalid' }),
    );
  });

  it('survives a trip through JSON', () => {
    const request = pageRequest({ path: '/p', query: { a: 1 }, body: '{}', state: { position: 1 } });
    expect(JSON.parse(JSON.stringify(request))).toEqual(request);
  });
});

describe('requestKey', () => {
  it('is the same for one URL written in two ways', () => {
    expect(requestKey('GET', '/p?b=1&a=x%20y')).toBe(requestKey('GET', '/p?a=x+y&b=1'));
  });
});
