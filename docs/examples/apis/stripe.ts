import { cursorPagination, defineNormalizer, defineSource, type ProductFields } from 'sluice/plugin';

type Page = { readonly data: readonly { readonly id: string }[]; readonly has_more: boolean };
const after = ({ has_more, data }: Page) => has_more && data.at(-1)?.id;

/** Stripe: `starting_after` is the id of the last item. */
export default defineSource({
  name: 'stripe',
  baseUrl: 'https://api.stripe.com',
  rateLimit: { requests: 25, perMs: 1000 },
  pagination: cursorPagination({ path: '/v1/products', limit: 100, cursorParam: 'starting_after', cursor: after }),
  items: (body) => body.data,
  normalizer: defineNormalizer<{ id: string; name: string }, ProductFields>({
    normalize: ({ id, name: title }) => ({ id, title }),
  }),
});
