import { defineNormalizer, defineSource, pagePagination, type ProductFields } from '../../../core/plugin.ts';

/** A post, taken for a product: it has no price and no category, and none is made up. */
interface Post {
  readonly id: number;
  readonly title: string;
  readonly body?: string;
}

export default defineSource({
  name: 'jsonplaceholder',
  baseUrl: 'https://jsonplaceholder.typicode.com',
  rateLimit: { requests: 5, perMs: 1000 },
  pagination: pagePagination({
    path: '/posts',
    limit: 20,
    pageParam: '_page',
    limitParam: '_limit',
    total: { header: 'X-Total-Count' },
  }),
  normalizer: defineNormalizer<Post, ProductFields>({
    module: import.meta.url,
    normalize: ({ id, title, body: description }) => ({ id, title, description }),
  }),
  mock: () => import('./upstream.ts'),
});
