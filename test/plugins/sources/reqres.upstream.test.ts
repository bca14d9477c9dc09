import { describe, expect, it } from 'vitest';
import reqres from '../../../plugins/sources/reqres/upstream.ts';

const respond = reqres.create({ rateLimit: true });

function ask(target: string, headers: Record<string, string> = { 'x-api-key': 'any' }) {
  const url = new URL(target, 'http://127.0.0.1:1');
  const { pathname: path, searchParams: query, href } = url;
  return respond({ method: 'GET', path, query, headers, url: href, arrivedAt: 0 });
}

const list = (query: string) =>
  ask(`/api/users${query}`).body as {
    page: number;
    per_page: number;
    total: number;
    total_pages: number;
    data: { id: number }[];
  };

describe('the embedded reqres', () => {
  it('answers 401 without a key', () => {
    for (const headers of [{}, { 'x-api-key': '' }]) {
      expect(ask('/api/users', headers)).toEqual({
        status: 401,
        body: { error: 'Missing API key', how_to_get_one: 'https://reqres.in/signup' },
      });
    }
  });

  it('pages by number, six a page where nobody asks for more, with totals in the body', () => {
    expect(list('')).toMatchObject({ page: 1, per_page: 6, total: 12, total_pages: 2 });
    expect(list('?page=2').data.map(({ id }) => id)).toEqual([7, 8, 9, 10, 11, 12]);
    expect(list('?page=3')).toMatchObject({ page: 3, total: 12, data: [] });
    expect(list('?page=2&per_page=5')).toMatchObject({ per_page: 5, total_pages: 3 });
    expect(list('?page=abc&per_page=0')).toMatchObject({ page: 1, per_page: 6 });
    expect(reqres.items).toBe(list('').total);
  });

  it('gives one user by id, and an empty 404 for any other and for an unknown route', () => {
    expect(ask('/api/users/2')).toMatchObject({
      status: 200,
      body: {
        data: {
          id: 2,
          email: expect.stringMatching(/@reqres\.in$/) as unknown,
          first_name: expect.any(String) as unknown,
          last_name: expect.any(String) as unknown,
          avatar: expect.stringMatching(/^https:/) as unknown,
        },
      },
    });
    expect([ask('/api/users/23'), ask('/api/unknown-route')]).toMatchObject([
      { status: 404, body: {} },
      { status: 404, body: {} },
    ]);
  });

  it('waits as many seconds as `delay` says', () => {
    expect([ask('/api/users?delay=3').delayMs, ask('/api/users').delayMs]).toEqual([3000, 0]);
  });

  it('holds the same users every time', () => {
    expect(reqres.create({ rateLimit: false })).not.toBe(respond);
    expect(list('?per_page=12').data).toEqual(list('?per_page=12').data);
    expect(new Set(list('?per_page=12').data.map(({ id }) => id)).size).toBe(12);
  });
});
