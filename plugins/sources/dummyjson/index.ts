import { defineSource, mapFields, offsetPagination } from '../../../core/plugin.ts';

/** What is read of a product; about half of them have no brand, and none says its currency. */
interface DummyProduct {
  readonly id: number;
  readonly title: string;
  readonly price?: number;
  readonly category?: string;
  readonly brand?: string;
  readonly rating?: number;
  readonly description?: string;
  readonly thumbnail?: string;
}

export default defineSource({
  name: 'dummyjson',
  baseUrl: 'https://dummyjson.com',
  rateLimit: { requests: 5, perMs: 1000 },
  pagination: offsetPagination({ path: '/products', limit: 20, offsetParam: 'skip', total: (body) => body.total }),
  items: (body) => body.products,
  normalizer: mapFields<DummyProduct>()(['id', 'title', 'price', 'category', 'brand', 'rating', 'description'], {
    image: 'thumbnail',
  }),
  mock: () => import('./upstream.ts'),
});
