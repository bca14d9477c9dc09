import { cursorPagination, defineNormalizer, defineSource, type ProductFields } from 'sluice/plugin';

type Page = { readonly response_metadata?: { readonly next_cursor?: string } };
const next = ({ response_metadata }: Page) => response_metadata?.next_cursor;

/** Slack: `next_cursor` in the body, and errors in a 200. */
export default defineSource({
  name: 'slack',
  baseUrl: 'https://slack.com',
  rateLimit: { requests: 20, perMs: 60_000 },
  pagination: cursorPagination({ path: '/api/conversations.list', limit: 200, cursor: next }),
  items: (body) => body.channels,
  responseActions: [{ status: 200, body: (body) => body.ok === false, action: 'fail', message: 'ok: false' }],
  normalizer: defineNormalizer<{ id: string; name: string }, ProductFields>({
    normalize: ({ id, name: title }) => ({ id, title }),
  }),
});
