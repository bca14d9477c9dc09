import type { MockApi, MockRequest, MockResponse } from '../../../core/plugin.ts';
import { generatePosts } from './data.ts';

const fixedHeaders = {
  'x-powered-by': 'Express',
  vary: 'Origin',
  'access-control-allow-credentials': 'true',
  'cache-control': 'no-cache',
  pragma: 'no-cache',
  expires: '-1',
  'x-content-type-options': 'nosniff',
};

/** jsonplaceholder.typicode.com as it answers for posts: json-server, with the total and the links in headers. */
const jsonplaceholder: MockApi = {
  name: 'jsonplaceholder',
  items: 100,
  path: '/posts',
  encodings: ['gzip', 'deflate'],
  create() {
    const posts = generatePosts();
    return (request) => {
      const { status, headers, body } = answer(request, posts);
      const delayMs = Number.parseFloat(request.query.get('_delay') ?? '') || 0;
      return { status, headers: { ...fixedHeaders, ...headers }, body, indent: 2, delayMs };
    };
  },
};

export default jsonplaceholder;

function answer(request: MockRequest, posts: readonly { readonly id: number }[]): MockResponse {
  const [, id] = /^\/posts(?:\/([^/]+))?$/.exec(request.path) ?? [undefined, ''];
  if (id === '' || request.method !== 'GET') return { status: 404, body: {} };
  if (id === undefined) return list(request, posts);
  const post = posts.find((each) => String(each.id) === id);
  return post ? { status: 200, body: post } : { status: 404, body: {} };
}

function list({ query, url }: MockRequest, posts: readonly object[]): MockResponse {
  const [page, limit, end] = [query.get('_page'), query.get('_limit'), query.get('_end')];
  if (page) return listPage(posts, url, Math.max(1, parseWhole(page)), parseWhole(limit) || 10);
  if (!limit && !end) return { status: 200, body: posts };
  const start = parseWhole(query.get('_start'));
  const stop = end ? parseWhole(end) : start + parseWhole(limit);
  return { status: 200, headers: totalHeaders(posts, 'X-Total-Count'), body: posts.slice(start, stop) };
}

function listPage(posts: readonly object[], url: string, page: number, size: number): MockResponse {
  const body = posts.slice((page - 1) * size, page * size);
  const pages = Math.ceil(posts.length / size);
  const links =
    body.length === 0 || body.length === posts.length
      ? []
      : [
          ['first', 1] as const,
          ...(page > 1 ? [['prev', page - 1] as const] : []),
          ...(page * size < posts.length ? [['next', page + 1] as const] : []),
          ['last', pages] as const,
        ];
  // Plain replacement of text, as json-server does it: an odd `_page` is not found, and "next" is the same page again.
  const link = links
    .map(([rel, target]) => `<${url.replace(`page=${page}`, `page=${target}`)}>; rel="${rel}"`)
    .join(', ');
  // Past the end the header is there, and empty.
  return { status: 200, headers: { ...totalHeaders(posts, 'X-Total-Count, Link'), link }, body };
}

function totalHeaders(posts: readonly object[], exposed: string): Record<string, string> {
  return { 'x-total-count': String(posts.length), 'access-control-expose-headers': exposed };
}

/** JavaScript's parseInt, with 0 for what is no number. */
function parseWhole(text: string | null): number {
  return Number.parseInt(text ?? '', 10) || 0;
}
