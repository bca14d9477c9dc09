import { defineNormalizer, defineSource, graphqlPagination, type ProductFields } from 'sluice/plugin';

type Data = { readonly products: { readonly nodes: unknown; readonly pageInfo: unknown } };
const query = `query ($first: Int!, $after: String) {
  products(first: $first, after: $after) { nodes { id title price } pageInfo { hasNextPage endCursor } }
}`;

/** GraphQL: a Relay connection. */
export default defineSource({
  name: 'relay',
  baseUrl: 'https://shop.example.com',
  rateLimit: { requests: 10, perMs: 1000 },
  pagination: graphqlPagination({ query, limit: 50, connection: ({ products }: Data) => products }),
  items: ({ data }: { data: Data }) => data.products.nodes,
  normalizer: defineNormalizer<{ id: string; title: string; price: number }, ProductFields>({
    normalize: ({ id, title, price }) => ({ id, title, price }),
  }),
});
