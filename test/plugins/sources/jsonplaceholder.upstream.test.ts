import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MockResponse } from '../../../core/contracts/mock.ts';
import { startMockUpstream, type MockUpstream } from '../../../core/mock/server.ts';
import jsonplaceholder from '../../../plugins/sources/jsonplaceholder/upstream.ts';
import { recordedPages, recordingsMissing, relevantHeaders, shapeOf } from '../../support/recorded.ts';

interface Post {
  userId: number;
  id: number;
  title: string;
  body: string;
}

const origin = 'http://posts.test:3000';

type Ask = (target: string) => MockResponse;

function instance(): Ask {
  const respond = jsonplaceholder.create({ rateLimit: true });
  return (target) => {
    const url = origin + target;
    const { pathname, searchParams } = new URL(url);
    return respond({ method: 'GET', path: pathname, query: searchParams, headers: {}, url, arrivedAt: 0 });
  };
}

const ask = instance();
const list = (query: string): Post[] => ask(`/posts${query}`).body as Post[];

describe('the embedded jsonplaceholder', () => {
  it('pages by number, an empty list past the end', () => {
    expect(list('?_page=2&_limit=20').map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, i) => 21 + i));
    expect(list('?_page=5&_limit=20')).toHaveLength(20);
    expect(list('?_page=6&_limit=20')).toEqual([]);
  });

  it.each([
    ['?_page=1&_limit=0', 10],
    ['?_page=1&_limit=abc', 10],
    ['?_page=1', 10],
    ['?_page=1&_limit=1000', 100],
    ['', 100],
    ['?_limit=20', 20],
    ['?_start=95&_limit=20', 5],
    ['?_start=10&_end=15', 5],
  ])('gives for %j as many items as json-server: %i', (query, count) => {
    expect(ask(`/posts${query}`).status).toBe(200);
    expect(list(query)).toHaveLength(count);
  });

  it('tells the total in a header wherever it is sliced', () => {
    const total = (query: string): string | undefined => ask(`/posts${query}`).headers?.['x-total-count'];
    expect(['?_page=1&_limit=20', '?_page=6&_limit=20', '?_limit=5'].map(total)).toEqual(['100', '100', '100']);
    expect(total('')).toBeUndefined();
  });

  it('links first, prev, next and last as far as there are any', () => {
    const link = (query: string): string | undefined => ask(`/posts${query}`).headers?.link;
    const to = (page: number, rel: string): string => `<${origin}/posts?_page=${page}&_limit=40>; rel="${rel}"`;
    expect(link('?_page=1&_limit=40')).toBe([to(1, 'first'), to(2, 'next'), to(3, 'last')].join(', '));
    expect(link('?_page=2&_limit=40')).toBe([to(1, 'first'), to(1, 'prev'), to(3, 'next'), to(3, 'last')].join(', '));
    expect(link('?_page=3&_limit=40')).toBe([to(1, 'first'), to(2, 'prev'), to(3, 'last')].join(', '));
    expect(link('')).toBeUndefined();
  });

  it('sends an empty Link past the end and where one page holds everything', () => {
    expect(ask('/posts?_page=6&_limit=20').headers?.link).toBe('');
    expect(ask('/posts?_page=1&_limit=100').headers?.link).toBe('');
  });

  it('links the same page as next where `_page` is odd: links are made by replacing text', () => {
    expect(ask('/posts?_page=abc&_limit=20').headers?.link).toContain(
      `<${origin}/posts?_page=abc&_limit=20>; rel="next"`,
    );
    expect(list('?_page=abc&_limit=20')[0]?.id).toBe(1);
    expect(ask('/posts?_page=01&_limit=20').headers?.link).toContain(
      `<${origin}/posts?_page=01&_limit=20>; rel="next"`,
    );
  });

  it('gives one item by id, and 404 with an empty object where item or route is missing', () => {
    expect(ask('/posts/7')).toMatchObject({ status: 200, body: { id: 7 } });
    expect(ask('/posts/101')).toMatchObject({ status: 404, body: {} });
    expect(ask('/nowhere')).toMatchObject({ status: 404, body: {} });
  });

  it('waits as long as `_delay` says', () => {
    expect(ask('/posts?_delay=1500').delayMs).toBe(1500);
    expect(ask('/posts?_delay=abc').delayMs).toBe(0);
  });

  it('holds the same 100 posts every time, of ten users, newlines in their bodies', () => {
    const posts = list('');
    expect(instance()('/posts').body).toEqual(posts);
    expect(posts.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(jsonplaceholder.items).toBe(100);
    expect(posts.every(({ id, userId }) => userId === Math.ceil(id / 10))).toBe(true);
    expect(posts.every(({ body }) => body.split('\n').length === 4)).toBe(true);
  });
});

describe.skipIf(recordingsMissing)('the embedded jsonplaceholder beside the recorded one', () => {
  const recorded = recordedPages('jsonplaceholder');
  let upstream: MockUpstream;
  beforeAll(async () => {
    upstream = await startMockUpstream(jsonplaceholder);
  });
  afterAll(() => upstream.close());

  it('has items of the same shape', () => {
    const items = recorded.flatMap(({ text }) => JSON.parse(text) as Post[]);
    expect(shapeOf(list(''))).toEqual(shapeOf(items));
    expect(Object.keys(list('')[0] ?? {})).toEqual(Object.keys(items[0] ?? {}));
  });

  it.each(recorded)('answers $target with the same headers and layout', async (page) => {
    const response = await fetch(upstream.url + page.target, { headers: { 'accept-encoding': 'identity' } });
    const body = await response.text();
    const layout = (text: string): string => text.replaceAll(/(: )(".*"|\d+)/g, '$1…');
    expect(response.status).toBe(page.status);
    expect(layout(body)).toBe(layout(page.text));
    expect(relevantHeaders(response.headers)).toEqual(relevantHeaders(Object.entries(page.headers)));
    for (const name of relevantHeaders(response.headers)) {
      if (['date', 'etag', 'content-length', 'link'].includes(name)) continue;
      expect([name, response.headers.get(name)]).toEqual([name, page.headers[name]]);
    }
    expect(response.headers.get('link')).toBe(page.headers.link?.replaceAll(page.origin, upstream.url));
    expect(response.headers.get('etag')?.startsWith('W/"')).toBe(page.headers.etag?.startsWith('W/"'));
  });
});
