import type { MockApi, MockRequest, MockResponse } from '../../../core/plugin.ts';
import { generateUsers } from './data.ts';

const support = { url: 'https://reqres.in', text: 'A free API for tests.' };
/** Items a page where none are asked for. */
const defaultSize = 6;

/** reqres.in as it answers for users: pages by number, their total in the body, and nothing without a key. */
const reqres: MockApi = {
  name: 'reqres',
  items: 12,
  path: '/api/users',
  encodings: ['gzip', 'br'],
  create() {
    const users = generateUsers();
    return (request) => {
      if ((request.headers['x-api-key'] ?? '') === '') {
        return { status: 401, body: { error: 'Missing API key', how_to_get_one: 'https://reqres.in/signup' } };
      }
      return { ...answer(request, users), delayMs: 1000 * wholeFrom(request.query.get('delay'), 0) };
    };
  },
};

export default reqres;

function answer({ path, query, method }: MockRequest, users: readonly { readonly id: number }[]): MockResponse {
  const [, id] = /^\/api\/users(?:\/([^/]+))?$/.exec(path) ?? [undefined, ''];
  if (id === '' || method !== 'GET') return { status: 404, body: {} };
  if (id !== undefined) {
    const user = users.find((each) => String(each.id) === id);
    return user ? { status: 200, body: { data: user, support } } : { status: 404, body: {} };
  }
  const page = wholeFrom(query.get('page'), 1);
  const size = wholeFrom(query.get('per_page'), defaultSize);
  const data = users.slice((page - 1) * size, page * size);
  const pages = Math.ceil(users.length / size);
  return { status: 200, body: { page, per_page: size, total: users.length, total_pages: pages, data, support } };
}

/** A whole number above 0, else what stands in for it. */
function wholeFrom(text: string | null, otherwise: number): number {
  const number = Number.parseInt(text ?? '', 10);
  return number > 0 ? number : otherwise;
}
