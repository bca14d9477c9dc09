import { describe, expect, test } from 'vitest';
import type { PageRequest } from '../../../core/contracts/page.ts';
import { createWorklist, resolveUrl } from '../../../core/run/worklist.ts';
import { createListings } from '../../../core/run/listing.ts';
import { singlePage } from '../../../core/plugin.ts';
import { fakePlan, hasher, noJournal } from '../../support/fake-run.ts';

const page = (url: string, key = `GET ${url}`): PageRequest => ({ key, url });
const listings = createListings(fakePlan(singlePage({ path: '/' })).plugin, hasher.text);
const worklist = (maxPages = 100, baseUrl = 'https://api.test') =>
  createWorklist({ baseUrl, listings, maxPages, hash: hasher.text, journal: noJournal.source('fake') });

describe('worklist', () => {
  test('hands out requests in the order in which they came', () => {
    const list = worklist();
    list.add(listings.own, [page('/a'), page('/b')]);
    list.add(listings.own, [page('/c')]);
    expect([list.take(), list.take(), list.take(), list.take()].map((item) => item?.request.url)).toEqual([
      '/a',
      '/b',
      '/c',
      undefined,
    ]);
    expect(list.added).toBe(3);
    expect(list.pending).toBe(0);
  });

  test('what is put back comes first, with its attempts, and is no longer fresh', () => {
    const list = worklist();
    list.add(listings.own, [page('/a'), page('/b')]);
    const first = list.take();
    expect(first).toMatchObject({ fresh: true, attempts: 0 });
    if (first !== undefined) list.putBack({ ...first, attempts: 2 });
    expect(list.pending).toBe(2);
    expect(list.take()).toMatchObject({ request: { url: '/a' }, attempts: 2, fresh: false });
  });

  test.each([
    ['a key that was there', page('/other', 'GET /a')],
    ['a URL that was there, under another key', page('/a', 'another')],
    ['the same URL written in another way', page('https://api.test/x/../a', 'another')],
  ])('refuses %s', (_, again) => {
    const list = worklist();
    list.add(listings.own, [page('/a')]);
    expect(() => list.add(listings.own, [again])).toThrowError(expect.objectContaining({ code: 'pagination_loop' }));
    expect(list.pending).toBe(1);
  });

  test('two POSTs to one URL are two pages if their bodies differ', () => {
    const list = worklist();
    const post = (body: string): PageRequest => ({ key: `POST ${body}`, url: '/search', method: 'POST', body });
    list.add(listings.own, [post('1'), post('2')]);
    expect(() => list.add(listings.own, [{ ...post('2'), key: 'another' }])).toThrow('asked for again');
    expect(list.pending).toBe(2);
  });

  test.each(['https://evil.test/a', '//evil.test/a', 'http://api.test/a', 'https://api.test:444/a'])(
    'refuses %s, which is another origin',
    (url) => {
      expect(() => worklist().add(listings.own, [page(url)])).toThrowError(
        expect.objectContaining({ code: 'cross_origin' }),
      );
    },
  );

  test('takes no more pages than the cap, and says that some were left out', () => {
    const list = worklist(2);
    list.add(listings.own, [page('/a'), page('/b')]);
    expect(list.capped).toBe(false);
    list.add(listings.own, [page('/c')]);
    expect(list.capped).toBe(true);
    expect(list.pending).toBe(2);
  });

  test('two requests to one URL are two pages if their headers differ', () => {
    const list = worklist();
    list.add(listings.own, [
      { ...page('/a', '1'), headers: { range: 'items=0-9' } },
      { ...page('/a', '2'), headers: { range: 'items=10-19' } },
    ]);
    expect(list.pending).toBe(2);
  });

  test('stays in order over many thousands, taken while others are added', () => {
    const list = worklist(100_000);
    const taken: string[] = [];
    for (let batch = 0; batch < 50; batch += 1) {
      const pages = Array.from({ length: 100 }, (_, index) => page(`/${batch * 100 + index}`));
      list.add(listings.own, pages);
      for (let count = 0; count < 90; count += 1) taken.push(list.take()?.request.url ?? '');
    }
    for (let item = list.take(); item !== undefined; item = list.take()) taken.push(item.request.url);
    expect(taken).toEqual(Array.from({ length: 5000 }, (_, index) => `/${index}`));
  });
});

test.each([
  ['https://api.test', '/a?x=1', 'https://api.test/a?x=1'],
  ['https://api.test/v2', '/a', 'https://api.test/v2/a'],
  ['https://api.test/v2/', '/a', 'https://api.test/v2/a'],
  ['https://api.test/v2', 'https://api.test/v3/a', 'https://api.test/v3/a'],
  ['https://api.test', '//evil.test/a', 'https://evil.test/a'],
])('from base %s, %s is %s', (base, url, expected) => {
  expect(resolveUrl(base, url).href).toBe(expected);
});
