import { describe, expect, test } from 'vitest';
import { discover, type DiscoveredApi } from '../../../core/discovery/discover.ts';
import type { Paging } from '../../../core/discovery/finding.ts';
import { hurriedClock } from './hurried-clock.ts';
import { serve, type Style, styles, things } from './servers.ts';

const { signal } = new AbortController();
async function found(style: Style, headers = {}): Promise<DiscoveredApi> {
  return discover({ url: new URL(await serve(style)), headers, signal, services: { clock: hurriedClock() } });
}

const expected: Record<
  keyof typeof styles,
  { paging: Paging; items: string[]; total?: unknown; totalPages?: unknown }
> = {
  offsetAndTotal: {
    paging: { style: 'offset', offsetParam: 'offset', limitParam: 'limit', limit: 20 },
    items: ['items'],
    total: { in: 'body', path: ['total'] },
  },
  skipInStrictApi: {
    paging: { style: 'offset', offsetParam: 'skip', limitParam: 'limit', limit: 10 },
    items: ['data'],
    total: { in: 'body', path: ['meta', 'total_count'] },
  },
  pageAndHeaders: {
    paging: { style: 'page', pageParam: 'page', limitParam: 'per_page', limit: 10, firstPage: 1 },
    items: [],
    total: { in: 'header', name: 'x-wp-total' },
    totalPages: { in: 'header', name: 'x-wp-totalpages' },
  },
  pageFromZero: {
    paging: { style: 'page', pageParam: 'page', limitParam: 'size', limit: 10, firstPage: 0 },
    items: ['content'],
    total: { in: 'body', path: ['totalElements'] },
  },
  pageOfFixedSize: {
    paging: { style: 'page', pageParam: 'page', limit: 6, firstPage: 1 },
    items: ['data'],
    total: { in: 'body', path: ['total'] },
    totalPages: { in: 'body', path: ['total_pages'] },
  },
  nextUrl: { paging: { style: 'next-url', path: ['@odata.nextLink'] }, items: ['value'] },
  numberedNextUrl: {
    paging: { style: 'page', pageParam: 'page', limit: 10, firstPage: 1 },
    items: ['results'],
    total: { in: 'body', path: ['count'] },
  },
  link: { paging: { style: 'link' }, items: ['products'] },
  cursor: { paging: { style: 'cursor', cursorParam: 'cursor', path: ['next_cursor'] }, items: ['items'] },
  pageToken: { paging: { style: 'cursor', cursorParam: 'pageToken', path: ['nextPageToken'] }, items: ['files'] },
  wrappedAfter: {
    paging: { style: 'cursor', cursorParam: 'after', path: ['data', 'after'] },
    items: ['data', 'children'],
  },
  startingAfter: {
    paging: { style: 'after-item', cursorParam: 'starting_after', more: ['has_more'] },
    items: ['data'],
  },
  bothNeeded: { paging: { style: 'offset', offsetParam: 'offset', limitParam: 'limit', limit: 10 }, items: [] },
  everything: { paging: { style: 'single' }, items: ['things'] },
};

describe('discover', () => {
  test.each(Object.keys(styles) as (keyof typeof styles)[])('finds out how an API pages: %s', async (name) => {
    const api = await found(styles[name]);
    expect(api.paging.value).toEqual(expected[name].paging);
    expect(api.paging.certainty).toBe(name === 'everything' ? 'guess' : name === 'pageFromZero' ? 'likely' : 'sure');
    expect(api.items.value).toEqual(expected[name].items);
    expect(api.total?.value).toEqual(expected[name].total);
    expect(api.totalPages?.value).toEqual(expected[name].totalPages);
    expect(api.id).toMatchObject({ value: name === 'wrappedAfter' ? ['data', 'id'] : ['id'], certainty: 'sure' });
    expect(api.requests).toBeLessThanOrEqual(20);
  });

  test('says what it could not tell', async () => {
    const { unknown } = await found(styles.everything);
    expect(unknown).toEqual(['whether there are more pages', 'how fast it may be asked: see its documentation']);
    expect((await found(styles.bothNeeded)).unknown).toContain(
      'how many items there are: a page that is not full ends the listing',
    );
  });

  test('reads the rate limit that is declared with its window', async () => {
    const style: Style = (asked) => ({
      ...styles.offsetAndTotal(asked),
      headers: { 'RateLimit-Policy': '"default";q=100;w=60' },
    });
    expect((await found(style)).rateLimit).toMatchObject({
      value: { requests: 100, perMs: 60_000 },
      certainty: 'sure',
    });
  });

  test('says which credentials are wanted, and takes them', async () => {
    const style: Style = (asked) =>
      asked.headers['authorization'] === 'Bearer of-the-shop-1234'
        ? styles.cursor(asked)
        : { status: 401, headers: { 'www-authenticate': 'Bearer realm="shop"' }, body: {} };
    await expect(found(style)).rejects.toThrow(/credentials, and it asks for the scheme Bearer; .*--header/);
    const api = await found(style, { authorization: 'Bearer of-the-shop-1234' });
    expect(api.paging.value).toMatchObject({ style: 'cursor' });
    expect(api.scrub('echo: of-the-shop-1234')).not.toContain('of-the-shop');
  });

  test.each([
    ['an object without a list', { id: 1 }, /holds no list of objects/],
    ['a list of words', { words: ['a', 'b'] }, /holds no list of objects/],
    ['a body that is a list of words', ['a', 'b'], /holds no list of objects/],
    ['a body that is nested too deep', { items: JSON.parse('['.repeat(3000) + ']'.repeat(3000)) }, /deeper than 64/],
  ])('refuses %s', async (_, body, message) => {
    await expect(found(() => ({ body }))).rejects.toThrow(message);
  });

  test.each([
    ['a cursor', { cursor: 'always' }],
    ['a next URL', { next: '/things?page=2' }],
  ])('takes no page for another one because a counter in it has moved: %s', async (_, more) => {
    let views = 0;
    const style: Style = () => ({
      body: { ...more, items: things.slice(0, 9).map((item) => ({ ...item, views: views++ })) },
    });
    expect((await found(style)).paging.value).toEqual({ style: 'single' });
  });

  test('finds the way of a listing whose items have a counter that moves', async () => {
    let views = 0;
    const style: Style = (asked) => {
      const { items, total } = styles.offsetAndTotal(asked).body;
      return { body: { total, items: items.map((item) => ({ ...item, views: views++ })) } };
    };
    expect((await found(style)).paging.value).toMatchObject({ style: 'offset' });
  });

  test('keeps the size of a page that the URL asks for', async () => {
    const url = new URL(`${await serve(styles.offsetAndTotal)}?limit=7`);
    const { paging } = await discover({ url, signal, services: { clock: hurriedClock() } });
    expect(paging.value).toMatchObject({ limitParam: 'limit', limit: 7 });
  });

  test('repeats what the upstream says of a refusal, without the secret in it', async () => {
    const style: Style = ({ headers }) => ({
      status: 403,
      body: { error: `no such key: ${String(headers['x-shop'])}` },
    });
    const error = await found(style, { 'x-shop': 'of-the-shop-1234' }).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('it says "no such key: ***"');
    expect(String(error)).not.toContain('of-the-shop');
  });

  test('speaks of headers, not of a config, where a variable is not set', async () => {
    await expect(found(styles.link, { 'x-api-key': '${SURELY_NOT_SET}' })).rejects.toThrow(
      /with what is sent\n\n {2}headers\["x-api-key"\]: the environment variable SURELY_NOT_SET is not set/,
    );
  });

  test('makes do with an empty listing', async () => {
    const api = await found(() => ({ body: { items: [], total: 0 } }));
    expect(api.paging.value).toEqual({ style: 'single' });
    expect(api.unknown[0]).toMatch(/empty/);
  });

  test('keeps to its number of requests with an API that is another one each time', async () => {
    let turn = 0;
    const style: Style = () => ({
      body: { items: [things[turn++ % 47], things[turn++ % 47]], next_cursor: `c${turn}` },
    });
    await expect(found(style)).resolves.toMatchObject({ requests: expect.any(Number) });
    expect(turn).toBeLessThan(100);
  });
});
