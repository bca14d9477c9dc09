import { defineSource, mapFields, offsetPagination } from '../../../core/plugin.ts';

/** What is read of a product; none says its currency. */
interface EscuelaProduct {
  readonly id: number;
  readonly title: string;
  readonly price?: number;
  readonly category?: { readonly name?: string } | null;
  readonly description?: string;
  /** Some entries hold text, which has a first character too, and that is no image. */
  readonly images?: readonly string[] | null;
}

export default defineSource({
  name: 'escuelajs',
  baseUrl: 'https://api.escuelajs.co',
  rateLimit: { requests: 5, perMs: 1000 },
  // No response says how many there are; a request without both parameters is answered with all of them.
  pagination: offsetPagination({ path: '/api/v1/products', limit: 20 }),
  normalizer: mapFields<EscuelaProduct>()(['id', 'title', 'price', 'description'], {
    category: ({ category }) => category?.name,
    image: ({ images }) => (typeof images === 'object' ? images?.[0] : undefined),
  }),
  mock: () => import('./upstream.ts'),
});
