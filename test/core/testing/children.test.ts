import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../core/config/resolve.ts';
import { createPipeline } from '../../../core/index.ts';
import {
  type ChildResource,
  defineChild,
  offsetPagination,
  singlePage,
  type SourcePlugin,
} from '../../../core/plugin.ts';
import { testSource } from '../../../core/testing.ts';
import { httpServer } from '../../support/fault-server.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

interface Shop {
  readonly id: number;
  readonly name: string;
}

interface Review {
  readonly id: number;
  readonly text: string;
}

const reviews: ChildResource = defineChild({
  name: 'reviews',
  parent: ({ id }: Shop) => ({ shop: id }),
  pagination: ({ shop }) => offsetPagination({ path: `/shops/${shop}/reviews`, limit: 2 }),
  rateLimit: { requests: 2, perMs: 700 },
  normalizer: { normalize: ({ id, text }: Review) => ({ id, title: text }) },
});

const shops: SourcePlugin = {
  name: 'shops',
  baseUrl: 'https://shops.test',
  rateLimit: { requests: 5, perMs: 1000 },
  pagination: offsetPagination({ path: '/shops', limit: 3 }),
  normalizer: { normalize: ({ id, name }: Shop) => ({ id, title: name }) },
  children: [reviews],
};

/** Four shops with three reviews each, as they were recorded. */
async function recorded(): Promise<string> {
  const server = await httpServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    const offset = Number(searchParams.get('offset'));
    const limit = Number(searchParams.get('limit'));
    const [, shop] = /^\/shops\/(\d+)\/reviews$/.exec(pathname) ?? [];
    const all =
      shop === undefined
        ? [1, 2, 3, 4].map((id) => ({ id, name: `Shop ${id}` }))
        : [1, 2, 3].map((id) => ({ id: Number(shop) * 10 + id, text: `Review ${id}` }));
    response.end(JSON.stringify(all.slice(offset, offset + limit)));
  });
  const record = join(await temporaryFolder(), 'recorded');
  const config = await resolveConfig(
    {
      sources: [
        {
          use: { ...shops, children: [{ ...reviews, rateLimit: { requests: 100, perMs: 100 } }] },
          baseUrl: server.origin,
        },
      ],
      sinks: ['ndjson'],
      workers: { threads: 0 },
    },
    { baseDir: await temporaryFolder(), env: {} },
  );
  await (await createPipeline(config, { logger: silentLogger }, { record })).run();
  await server.close();
  return record;
}

async function complaintOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (thrown: unknown) => (thrown as Error).message,
  );
}

describe('testSource, on a source with dependent resources', () => {
  it('takes one that does all as it should', async () => {
    const { records } = await testSource(shops, { pages: await recorded() });
    expect(records).toHaveLength(16);
  });

  it.each<[string, Partial<ChildResource>, string]>([
    [
      'trips over a parent',
      { parent: ({ name }: Shop) => ({ shop: name.length }) },
      'parent() of the child "reviews" trips over an item in which name is null: TypeError',
    ],
    [
      'remembers how many parents there were',
      {
        parent: (
          (count) =>
          ({ id }: Shop) => ({ shop: id, count: (count += 1) })
        )(0),
      },
      'parent() of the child "reviews" is not pure: it says something else when it is asked twice about the item {"id":1,',
    ],
    [
      'begins its listing elsewhere each time',
      {
        pagination: (
          (count) =>
          ({ shop }: { readonly shop?: unknown }) =>
            singlePage({ path: `/shops/${String(shop)}/reviews`, query: { limit: 2, offset: 0, time: (count += 1) } })
        )(0),
      },
      'pagination(parent) of the child "reviews" is not pure: it begins elsewhere when it is made again for {"shop":1}',
    ],
    [
      'trips over an item',
      { normalizer: { normalize: ({ id, text }: Review) => ({ id, title: text.trim() }) } },
      'normalize() trips over an item in which text is null: TypeError',
    ],
  ])('says what is wrong with a child that %s', async (_, change, problem) => {
    const source = { ...shops, children: [{ ...reviews, ...change }] };
    expect(await complaintOf(testSource(source, { pages: await recorded() }))).toContain(problem);
  });
});
