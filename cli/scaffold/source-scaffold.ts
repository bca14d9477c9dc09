import type { Scaffold } from './scaffold.ts';

/** A source of an API that lists things by offset, with the page that its test reads. */
export function sourceScaffold(name: string): Scaffold {
  const folder = `sources/${name}`;
  return {
    plugin: `${folder}/${name}.ts`,
    test: `${folder}/${name}.test.ts`,
    files: [
      {
        path: `${folder}/${name}.ts`,
        text: plugin(name),
        what: 'the source: put in URL, rate limit, paging and fields',
      },
      { path: `${folder}/${name}.test.ts`, text: test(name), what: 'its test' },
      { path: `${folder}/page-1.json`, text: page, what: 'a page as the API sends it: put a real one in its place' },
    ],
  };
}

function plugin(name: string): string {
  return `import { defineNormalizer, defineSource, offsetPagination, type ProductFields } from 'sluice/plugin';

/** An item as the API sends it: whatever it says, any field may be missing. */
interface Item {
  readonly id: number;
  readonly name: string;
  readonly price?: number;
  readonly category?: { readonly name?: string } | null;
}

export default defineSource({
  name: '${name}',
  api: '^1',
  baseUrl: 'https://${name.replaceAll('_', '-')}.example.com',
  // What the API allows: never more than 5 requests in any second.
  rateLimit: { requests: 5, perMs: 1000 },
  // GET /items?offset=0&limit=20, then offset=20 and so on, as many as the total says.
  pagination: offsetPagination({ path: '/items', limit: 20, total: (body) => body.total }),
  items: (body) => body.items,
  normalizer: defineNormalizer<Item, ProductFields>({
    normalize: ({ id, name, price, category }) => ({ id, title: name, price, category: category?.name }),
  }),
});
`;
}

function test(name: string): string {
  return `import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { testSource } from 'sluice/testing';
import source from './${name}.ts';

// Asks nobody: answers come from page-1.json and its kin beside this file.
test('${name} keeps its contract, and makes a record of every item', async () => {
  const { records } = await testSource(source, { pages: new URL('.', import.meta.url) });
  equal(records.length, 3);
  equal(records[0]?.title, 'A first thing');
  equal(records[0]?.price, 9.5);
  equal(records[2]?.category, null);
});
`;
}

const page = `{
  "items": [
    { "id": 1, "name": "A first thing", "price": 9.5, "category": { "name": "things" } },
    { "id": 2, "name": "A second thing", "price": 20, "category": { "name": "things" } },
    { "id": 3, "name": "A thing without price and category", "category": null }
  ],
  "total": 3
}
`;
