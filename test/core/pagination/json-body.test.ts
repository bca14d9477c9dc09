import { assert, integer, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorPagination } from '../../../core/pagination/cursor.ts';
import { offsetPagination } from '../../../core/pagination/offset.ts';
import { nextUrlPagination } from '../../../core/pagination/next-url.ts';
import { pagePagination } from '../../../core/pagination/page-number.ts';
import { singlePage } from '../../../core/pagination/single.ts';
import type { PageRequest } from '../../../core/contracts/page.ts';
import { only, pageOf, walk } from './simulated-api.ts';

const sent = ({ body = '' }: PageRequest): unknown => JSON.parse(body);

describe('a listing that is asked for by POST', () => {
  it('has what the pager sets merged into its JSON body, nested by dots, and its query left alone', () => {
    const pager = offsetPagination({
      path: '/search',
      query: { v: 2 },
      body: { filter: { open: true }, page: { sort: 'id' } },
      limit: 20,
      limitParam: 'page.size',
      offsetParam: 'page.from',
    });
    const first = only(pager.first());
    expect(first).toMatchObject({
      method: 'POST',
      url: '/search?v=2',
      headers: { 'content-type': 'application/json' },
    });
    expect(sent(first)).toEqual({ filter: { open: true }, page: { sort: 'id', size: 20, from: 0 } });
    expect(first.key).toMatch(/^POST \/search\?v=2#[0-9a-f]{16}$/);
  });

  it('names each page by its body', () => {
    const pager = pagePagination({ path: '/s', body: {}, limit: 2, total: (body) => body.total });
    const first = only(pager.first());
    const rest = pager.next(pageOf(first, { body: { total: 10 } }));
    expect(rest.map(sent)).toEqual([2, 3, 4, 5].map((page) => ({ limit: 2, page })));
    expect(new Set([first, ...rest].map(({ key }) => key)).size).toBe(5);
  });

  it('may be one page alone', () => {
    expect(sent(only(singlePage({ path: '/s', body: { ids: [1, 2] } }).first()))).toEqual({ ids: [1, 2] });
  });

  it('keeps its body where a next URL leads on', () => {
    const pager = nextUrlPagination({ path: '/s', body: { q: 'x' }, next: (body) => body.next });
    const next = only(pager.next(pageOf(only(pager.first()), { body: { next: '/s?page=2' } })));
    expect(next).toMatchObject({ method: 'POST', url: 'https://api.test/s?page=2', body: '{"q":"x"}' });
    expect(next.headers).toEqual({ 'content-type': 'application/json' });
  });

  it('hands a list or an object on as a cursor, as it came', () => {
    const pager = cursorPagination({
      path: '/_search',
      body: { sort: ['id'] },
      cursorParam: 'search_after',
      cursor: (body) => body.sort,
    });
    const after = (sort: unknown) => pager.next(pageOf(only(pager.first()), { body: { sort } })).map(sent);
    expect(after([1.5, 'a', null])).toEqual([{ sort: ['id'], search_after: [1.5, 'a', null] }]);
    expect(after({ at: 1 })).toEqual([{ sort: ['id'], search_after: { at: 1 } }]);
    expect(after(undefined)).toEqual([]);
    expect(() => after(true)).toThrow('says how to go on by a boolean');
  });

  it('brings every item once, whatever the sizes', () => {
    assert(
      property(nat(120), integer({ min: 1, max: 30 }), (size, limit) => {
        const got: number[] = [];
        const pager = cursorPagination({
          path: '/_search',
          body: { query: {} },
          limit,
          limitParam: 'size',
          cursorParam: 'search_after',
          cursor: ({ hits }: { hits: readonly { sort: number[] }[] }) => hits.at(-1)?.sort,
        });
        walk(pager, (_, request) => {
          const { size: asked, search_after: [after] = [0] } = sent(request) as {
            size: number;
            search_after?: number[];
          };
          const ids = Array.from({ length: size }, (_item, index) => index + 1).filter((id) => id > (after ?? 0));
          const page = ids.slice(0, asked);
          got.push(...page);
          return { body: { hits: page.map((id) => ({ sort: [id] })) } };
        });
        expect(got).toEqual(Array.from({ length: size }, (_, index) => index + 1));
      }),
    );
  });

  it.each([
    [{ body: [] as never }, 'body must be an object, found []'],
    [{ body: { cursor: 1 } }, 'body must be without the parameters that the pager sets, found "cursor"'],
    [{ body: { page: { next: 'a' } }, cursorParam: 'page.next' }, 'body must be without'],
    [{ body: { page: 1 }, cursorParam: 'page.next' }, 'body must be one with an object to put each parameter into'],
  ])('refuses %o where it is defined', (wrong, message) => {
    expect(() => cursorPagination({ path: '/p', cursor: (body) => body.next, ...wrong })).toThrow(message);
  });
});

describe('where an API says things', () => {
  it('may be a header: such a pager never looks into a body', () => {
    const byCursor = cursorPagination({
      path: '/p',
      start: '*',
      cursor: { header: 'X-Next-Cursor' },
      total: { header: 'X-Total' },
    });
    expect(byCursor.needs).toBe('headers');
    expect(byCursor.totalInHeaders?.({ 'x-total': '12' })).toBe(12);
    const first = only(byCursor.first());
    expect(first.url).toBe('/p?cursor=*');
    const page = pageOf(first, { headers: { 'x-next-cursor': 'b' } });
    expect(only(byCursor.next(page)).url).toBe('/p?cursor=b');
    expect(page.parses).toBe(0);
    expect(byCursor.next(pageOf(first, { headers: {} }))).toEqual([]);
    const byUrl = nextUrlPagination({ path: '/p', next: { header: 'x-next' } });
    expect(only(byUrl.next(pageOf(only(byUrl.first()), { headers: { 'x-next': '/q' } }))).url).toBe(
      'https://api.test/q',
    );
  });

  it('may be the last item: a cursor made of it leads on until there is none', () => {
    const pager = cursorPagination({
      path: '/v1/charges',
      limit: 3,
      cursorParam: 'starting_after',
      cursor: ({ has_more, data }: { has_more: boolean; data: { id: string }[] }) => has_more && data.at(-1)?.id,
    });
    const { keys } = walk(pager, ({ searchParams }) => {
      const from = Number((searchParams.get('starting_after') ?? 'ch_0').slice(3)) + 1;
      const data = [0, 1, 2].map((at) => ({ id: `ch_${from + at}` })).filter(({ id }) => Number(id.slice(3)) <= 7);
      return { body: { data, has_more: from + 3 <= 7 } };
    });
    expect(keys).toEqual([
      'GET /v1/charges?limit=3',
      'GET /v1/charges?limit=3&starting_after=ch_3',
      'GET /v1/charges?limit=3&starting_after=ch_6',
    ]);
  });

  it('leaves out a limit that the API does not take', () => {
    const pager = pagePagination({ path: '/p', limit: 25, limitParam: false });
    expect(only(pager.first()).url).toBe('/p?page=1');
    expect(pager.limit).toBe(25);
  });
});
