import { describe, expect, it } from 'vitest';
import { nextUrlPagination } from '../../../core/pagination/next-url.ts';
import { only, pageOf, walk } from './simulated-api.ts';

const pager = nextUrlPagination({ path: '/v1/p', limit: 20, next: (body) => body.next });
const first = only(pager.first());

describe('nextUrlPagination', () => {
  it('follows the URLs that the bodies name until there is none', () => {
    const { keys } = walk(pager, ({ searchParams }) => {
      const offset = Number(searchParams.get('offset'));
      return { body: { next: offset < 40 ? `https://api.test/v1/p?offset=${offset + 20}&limit=20` : null } };
    });
    expect(keys).toEqual(['GET /v1/p?limit=20', 'GET /v1/p?limit=20&offset=20', 'GET /v1/p?limit=20&offset=40']);
  });

  it('resolves a relative URL against the page', () => {
    expect(only(pager.next(pageOf(first, { body: { next: '?page=2' } }))).url).toBe('https://api.test/v1/p?page=2');
    expect(only(pager.next(pageOf(first, { body: { next: '/p2' } }))).url).toBe('https://api.test/p2');
  });

  it.each([[{ next: null }], [{ next: '' }], [{ next: false }], [{}]])('ends at %j', (body) => {
    expect(pager.next(pageOf(first, { body }))).toEqual([]);
  });

  it.each([[{ next: 2 }], [{ next: true }], [{ next: { href: '/p' } }], [{ next: 'http://[' }], [null]])(
    'does not take %j for an end',
    (body) => {
      expect(() => pager.next(pageOf(first, { body }))).toThrow(expect.objectContaining({ code: 'unexpected_shape' }));
    },
  );

  it('does not repeat what may be secret in a URL that cannot be read', () => {
    expect(() => pager.next(pageOf(first, { body: { next: 'http://[?token=abc' } }))).toThrow(/^(?!.*abc)/);
  });

  it('shows an upstream that leads back to the start by a key that comes again', () => {
    const [second] = pager.next(pageOf(first, { body: { next: 'https://api.test/v1/p?limit=20' } }));
    expect(second?.key).toBe(first.key);
  });

  it('says what it looks at, and refuses what cannot work', () => {
    expect(pager).toMatchObject({ style: 'next-url', limit: 20, needs: 'body' });
    expect(() => nextUrlPagination({ path: '/p', next: undefined as never })).toThrow('next must be a function');
  });
});
