import { apiKey, defineSource, mapFields, pagePagination } from '../../../core/plugin.ts';

/** A user, taken for a product: there is no price and no category, and none is made up. */
interface User {
  readonly id: number;
  readonly email?: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly avatar?: string;
}

/** What is no text is no part of a name. */
function nameOf({ first_name: first, last_name: last }: User): string {
  return [first, last].filter((part) => typeof part === 'string').join(' ');
}

export default defineSource({
  name: 'reqres',
  baseUrl: 'https://reqres.in',
  rateLimit: { requests: 5, perMs: 1000 },
  auth: apiKey({ header: 'x-api-key', value: '${REQRES_API_KEY}' }),
  pagination: pagePagination({ path: '/api/users', limit: 6, limitParam: 'per_page', total: (body) => body.total }),
  items: (body) => body.data,
  normalizer: mapFields<User>()(['id'], { title: nameOf, description: 'email', image: 'avatar' }),
  mock: () => import('./upstream.ts'),
});
