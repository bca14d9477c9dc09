import { describe, expect, it } from 'vitest';
import {
  cursorPagination,
  linkPagination,
  nextUrlPagination,
  offsetPagination,
  pagePagination,
  singlePage,
  type SourcePlugin,
} from '../../../core/plugin.ts';
import { reply, testSource } from '../../../core/testing.ts';

const things = (from: number, to: number): object[] =>
  Array.from({ length: to - from }, (_, at) => ({ id: from + at, name: `Thing ${from + at}` }));
const path = '/things';
const items = (body: Readonly<Record<string, unknown>>): unknown => body['items'];

/** Nine things, four a page, in the words of each style. */
const styles: Readonly<Record<string, readonly [SourcePlugin['pagination'], readonly unknown[]]>> = {
  'offset and total': [
    offsetPagination({ path, limit: 4, total: (body) => body['total'] }),
    [0, 4, 8].map((from) => ({ items: things(from, Math.min(9, from + 4)), total: 9 })),
  ],
  'offset and a short page': [
    offsetPagination({ path, limit: 4 }),
    [0, 4, 8].map((from) => ({ items: things(from, Math.min(9, from + 4)) })),
  ],
  'offset and an empty page': [
    offsetPagination({ path, limit: 3 }),
    [0, 3, 6, 9].map((from) => ({ items: things(from, Math.min(9, from + 3)) })),
  ],
  'offset and total, with pages asked for ahead': [
    offsetPagination({ path, limit: 4, lookahead: 4, total: (body) => body['total'] }),
    [0, 4, 8, 12, 16].map((from) => ({ items: things(from, Math.max(from, Math.min(9, from + 4))), total: 9 })),
  ],
  'offset and a short page, with pages asked for ahead': [
    offsetPagination({ path, limit: 4, lookahead: 1 }),
    [0, 4, 8, 12].map((from) => ({ items: things(from, Math.max(from, Math.min(9, from + 4))) })),
  ],
  'page number and a total in a header': [
    pagePagination({ path, limit: 4, total: { header: 'X-Total' } }),
    [0, 4, 8].map((from) => reply({ items: things(from, Math.min(9, from + 4)) }, { headers: { 'X-Total': '9' } })),
  ],
  cursor: [
    cursorPagination({ path, cursor: (body) => body['next'] }),
    [0, 4, 8].map((from) => ({ items: things(from, Math.min(9, from + 4)), next: from < 8 ? `c${from + 4}` : null })),
  ],
  'a link in a header': [
    linkPagination({ path }),
    [0, 4, 8].map((from) =>
      reply(
        { items: things(from, Math.min(9, from + 4)) },
        { headers: from < 8 ? { Link: `<https://things.test/things?from=${from + 4}>; rel="next"` } : {} },
      ),
    ),
  ],
  'a URL in the body': [
    nextUrlPagination({ path, next: (body) => body['next'] }),
    [0, 4, 8].map((from) => ({
      items: things(from, Math.min(9, from + 4)),
      next: from < 8 ? `/things?from=${from + 4}` : '',
    })),
  ],
  'one page': [singlePage({ path }), [{ items: things(0, 9) }]],
};

describe('sources with a pager of the package pass, with nothing to complain of', () => {
  it.each(Object.keys(styles))('by %s', async (style) => {
    const [pagination, pages] = styles[style] ?? [singlePage({ path }), []];
    const source: SourcePlugin = {
      name: 'things',
      baseUrl: 'https://things.test',
      rateLimit: { requests: 3, perMs: 500 },
      pagination,
      items,
      normalizer: { normalize: ({ id, name }: { id: number; name: string }) => ({ id, title: name }) },
    };
    expect((await testSource(source, { pages })).records).toHaveLength(9);
    // Whatever chance does.
    for (const seed of [2, 3]) await expect(testSource(source, { pages, seed })).resolves.toBeDefined();
  });
});
