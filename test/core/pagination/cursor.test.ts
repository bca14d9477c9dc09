import { describe, expect, it } from 'vitest';
import { cursorPagination } from '../../../core/pagination/cursor.ts';
import { only, pageOf, walk } from './simulated-api.ts';

const pager = cursorPagination({ path: '/p', limit: 2, query: { q: 'x' }, cursor: (body) => body.next });
const first = only(pager.first());

describe('cursorPagination', () => {
  it('walks from cursor to cursor until there is none, one page at a time', () => {
    const { keys, mostPending } = walk(pager, ({ searchParams }) => {
      const at = Number(searchParams.get('cursor') ?? 0);
      return { body: { next: at < 3 ? at + 1 : null } };
    });
    expect(keys).toEqual([
      'GET /p?limit=2&q=x',
      'GET /p?cursor=1&limit=2&q=x',
      'GET /p?cursor=2&limit=2&q=x',
      'GET /p?cursor=3&limit=2&q=x',
    ]);
    expect(mostPending).toBe(1);
  });

  it('hands any text on unharmed', () => {
    const next = only(pager.next(pageOf(first, { body: { next: 'a+/=&?#é' } })));
    expect(new URL(next.url, 'https://api.test').searchParams.get('cursor')).toBe('a+/=&?#é');
  });

  it('takes 0 for a cursor, not for an end', () => {
    expect(only(pager.next(pageOf(first, { body: { next: 0 } }))).key).toContain('cursor=0');
  });

  it.each([[{ next: null }], [{ next: '' }], [{}]])('ends at %j', (body) => {
    expect(pager.next(pageOf(first, { body }))).toEqual([]);
  });

  it.each([[{ next: {} }], [{ next: true }], [{ next: ['a'] }], [{ next: Number.NaN }], [null]])(
    'does not take %j for an end',
    (body) => {
      expect(() => pager.next(pageOf(first, { body }))).toThrow(
        expect.objectContaining({ code: 'unexpected_shape', retryable: true }),
      );
    },
  );

  it('shows an upstream that leads in a circle by a key that comes again', () => {
    const [a, b, c, d] = ['1', '2', '1', '2'];
    const cursors = [a, b, c, d, null];
    const { keys } = walk(pager, () => ({ body: { next: cursors.shift() } }));
    expect(keys).toHaveLength(5);
    expect(new Set(keys).size).toBe(3);
  });

  it('sends no limit where none is given', () => {
    const bare = cursorPagination({ path: '/p', cursorParam: 'after', cursor: (body: { end: string }) => body.end });
    expect(only(bare.first()).url).toBe('/p');
    expect(bare).not.toHaveProperty('limit');
    expect(only(bare.next(pageOf(only(bare.first()), { body: { end: 'z' } }))).url).toBe('/p?after=z');
  });

  it.each([
    [{ limit: 0 }, 'cursorPagination: limit must be'],
    [{ cursorParam: 'limit' }, 'each parameter name must be used once'],
    [{ query: { cursor: 'a' } }, 'query must be'],
    [
      { cursor: 'next' as never },
      'cursor must be a function of the parsed body, or { header: \'name\' }, found "next"',
    ],
  ])('refuses %o where it is defined', (wrong, message) => {
    expect(() => cursorPagination({ path: '/p', limit: 2, cursor: (body) => body.next, ...wrong })).toThrow(message);
  });
});
