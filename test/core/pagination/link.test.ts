import { describe, expect, it } from 'vitest';
import { linkPagination } from '../../../core/pagination/link.ts';
import { only, pageOf, walk } from './simulated-api.ts';

const pager = linkPagination({ path: '/v1/p', limit: 20, limitParam: '_limit' });
const first = only(pager.first());
const nextAfter = (link: string | undefined, url?: string) =>
  pager.next(pageOf(first, { headers: link === undefined ? {} : { link }, ...(url === undefined ? {} : { url }) }));

describe('linkPagination', () => {
  it('asks for the first page by path and limit', () => {
    expect(first).toEqual({ key: 'GET /v1/p?_limit=20', url: '/v1/p?_limit=20' });
    expect(pager).toMatchObject({ style: 'link', limit: 20, needs: 'headers' });
  });

  it('follows rel=next, page by page, and never looks into a body', () => {
    const { keys, pages } = walk(pager, ({ searchParams }) => {
      const page = Number(searchParams.get('_page') ?? 1);
      const link = page < 3 ? `</v1/p?_page=${page + 1}&_limit=20>; rel="next"` : '</v1/p?_page=1>; rel="first"';
      return { headers: { link } };
    });
    expect(keys).toEqual(['GET /v1/p?_limit=20', 'GET /v1/p?_limit=20&_page=2', 'GET /v1/p?_limit=20&_page=3']);
    expect(pages.every(({ parses, counts }) => parses + counts === 0)).toBe(true);
  });

  it.each([
    ['</v2/p>; rel=next', 'https://api.test/v2/p'],
    ['<?page=2>; rel=next', 'https://api.test/v1/p?page=2'],
    ['<q>; rel=next', 'https://api.test/v1/q'],
    ['<//other.test/p>; rel=next', 'https://other.test/p'],
    ['<http://api.test/p#part>; rel=next', 'http://api.test/p'],
  ])('resolves %s against the page', (link, url) => {
    expect(only(nextAfter(link)).url).toBe(url);
  });

  it('resolves against the URL that answered, after redirects', () => {
    expect(only(nextAfter('<?page=2>; rel=next', 'https://api.test/moved/p')).url).toBe(
      'https://api.test/moved/p?page=2',
    );
  });

  it('leaves the query as the upstream wrote it', () => {
    expect(only(nextAfter('</p?sig=%2fA+b&page=2>; rel=next')).url).toBe('https://api.test/p?sig=%2fA+b&page=2');
  });

  it.each([[undefined], [''], ['  '], ['</p>; rel=prev'], ['</p>; rel=next; anchor="/other"']])(
    'ends at the Link header %j',
    (link) => {
      expect(nextAfter(link)).toEqual([]);
    },
  );

  it.each([['garbage'], ['<http://[>; rel=next']])('does not take the unreadable %j for an end', (link) => {
    expect(() => nextAfter(link)).toThrow(expect.objectContaining({ code: 'unexpected_shape' }));
  });

  it('shows a next that is the page itself, or the first page, by its key', () => {
    expect(only(nextAfter('<https://api.test/v1/p?_limit=20>; rel=next')).key).toBe(first.key);
    expect(only(nextAfter('<>; rel=next')).key).toBe(first.key);
  });

  it('keeps the origin in the key where it is another one', () => {
    expect(only(nextAfter('<https://other.test/v1/p?_limit=20>; rel=next')).key).toBe(
      'GET https://other.test/v1/p?_limit=20',
    );
  });

  it('refuses a limit of 0 where it is defined', () => {
    expect(() => linkPagination({ path: '/p', limit: 0 })).toThrow('linkPagination: limit must be');
  });

  describe('with the parameter of a page number', () => {
    const numbered = linkPagination({ path: '/v1/p', limit: 20, pageParam: 'page' });
    const to = (page: number, rel: string, more = ''): string => `</v1/p?limit=20&page=${page}${more}>; rel="${rel}"`;
    const begin = only(numbered.first());
    const follow = (link: string) => numbered.next(pageOf(begin, { headers: { link } }));

    it('asks for all pages up to the last at once, and then goes by what the last one says', () => {
      const rest = follow(`${to(2, 'next')}, ${to(5, 'last')}`);
      expect(rest.map(({ key }) => key)).toEqual([2, 3, 4, 5].map((page) => `GET /v1/p?limit=20&page=${page}`));
      const revived = JSON.parse(JSON.stringify(rest)) as typeof rest;
      const after = revived.map((request) =>
        numbered
          .next(pageOf(request, { headers: { link: `${to(6, 'next')}, ${to(9, 'last')}` } }))
          .map(({ key }) => key),
      );
      expect(after).toEqual([[], [], [], ['GET /v1/p?limit=20&page=6']]);
    });

    it('keeps thousands of pages on the worklist by slices', () => {
      const { keys, mostPending } = walk(numbered, ({ searchParams }) => {
        const page = Number(searchParams.get('page') ?? 1);
        return { headers: { link: page < 3000 ? `${to(page + 1, 'next')}, ${to(3000, 'last')}` : '' } };
      });
      expect(keys).toHaveLength(3000);
      expect(new Set(keys).size).toBe(3000);
      expect(mostPending).toBeLessThanOrEqual(1000);
    });

    it.each([
      [to(2, 'next')],
      [`${to(2, 'next')}, ${to(9, 'last', '&sort=id')}`],
      [`${to(2, 'next')}, </v1/p?limit=20&page=x>; rel="last"`],
      [`${to(2, 'next')}, ${to(2, 'last')}`],
      [`</v1/p?cursor=b>; rel="next", ${to(9, 'last')}`],
    ])('goes page by page where the links do not count: %s', (link) => {
      expect(follow(link)).toHaveLength(1);
    });

    it('is never led far by what a page is not', () => {
      expect(follow(to(9, 'last'))).toEqual([]);
    });
  });
});
