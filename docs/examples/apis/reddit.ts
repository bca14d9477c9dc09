import { cursorPagination, defineNormalizer, defineSource, type ProductFields } from 'sluice/plugin';

type Thing = { readonly data: { readonly after: string | null; readonly children: unknown } };
const after = ({ data }: Thing) => data.after;

/** Reddit: `after` names the last thing of a page. */
export default defineSource({
  name: 'reddit',
  baseUrl: 'https://www.reddit.com',
  rateLimit: { requests: 10, perMs: 60_000 },
  pagination: cursorPagination({ path: '/r/node/new.json', limit: 100, cursorParam: 'after', cursor: after }),
  items: ({ data }: Thing) => data.children,
  normalizer: defineNormalizer<{ data: { name: string; title: string; url: string } }, ProductFields>({
    normalize: ({ data: { name: id, title, url } }) => ({ id, title, url }),
  }),
});
