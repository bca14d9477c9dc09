import { defineSource, mapFields, pagePagination } from '../../../core/plugin.ts';

/** A post, taken for a product: it has no price and no category, and none is made up. */
interface Post {
  readonly id: number;
  readonly title: string;
  readonly body?: string;
}

const parameters = { pageParam: '_page', limitParam: '_limit' };

export default defineSource({
  name: 'jsonplaceholder',
  baseUrl: 'https://jsonplaceholder.typicode.com',
  rateLimit: { requests: 5, perMs: 1000 },
  pagination: pagePagination({ ...parameters, path: '/posts', limit: 20, total: { header: 'X-Total-Count' } }),
  normalizer: mapFields<Post>()(['id', 'title'], { description: 'body' }),
  mock: () => import('./upstream.ts'),
});
