import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { packedProject } from '../../support/packed-project.ts';

/** Serves 45 items by offset; those of `/us/` cost more. */
async function serveItems(): Promise<string> {
  const server = createServer(({ url }, response) => {
    const { pathname, searchParams } = new URL(url ?? '', 'http://localhost');
    const offset = Number(searchParams.get('offset'));
    const items = Array.from({ length: 45 }, (_, id) => ({
      id,
      name: `Thing ${id}`,
      cents: pathname === '/us/items' ? 200 : 100,
    }));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ items: items.slice(offset, offset + 20), total: items.length }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A factory in JavaScript, as a package publishes it, whose normalizer tells in which thread it ran. */
const factory = `
  import { defineNormalizer, defineSource, defineSourceFactory, offsetPagination } from 'sluice/plugin';
  import { fields } from './fields.js';

  const options = { '~standard': { version: 1, vendor: 'by-hand', validate(value) {
    const known = ['region', 'origin'];
    const issues = Object.keys(value).filter((key) => !known.includes(key)).map((key) => ({ message: 'no such option', path: [key] }));
    if (value.region !== 'eu' && value.region !== 'us') issues.push({ message: 'must be eu or us', path: ['region'] });
    return issues.length > 0 ? { issues } : { value };
  } } };

  export default defineSourceFactory({
    name: 'market',
    api: '^1',
    options,
    create: ({ region, origin }) =>
      defineSource({
        name: 'market-' + region,
        baseUrl: origin + '/' + region,
        rateLimit: { requests: 50, perMs: 1000 },
        pagination: offsetPagination({ path: '/items', limit: 20, total: (body) => body.total }),
        items: (body) => body.items,
        normalizer: defineNormalizer({ normalize: (item) => fields(item, region) }),
      }),
  });`;

const packageFiles = {
  'packages/market/package.json': JSON.stringify({
    name: 'sluice-plugin-market',
    version: '1.2.3',
    type: 'module',
    exports: { types: './dist/index.d.ts', default: './dist/index.js' },
    files: ['dist'],
    peerDependencies: { sluice: '>=0.1.0' },
    sluice: { api: '^1' },
  }),
  'packages/market/dist/index.js': factory,
  'packages/market/dist/fields.js': `
    import { isMainThread } from 'node:worker_threads';
    export const fields = ({ id, name, cents }, region) => ({
      id, title: name, price: cents / 100, category: region, description: isMainThread ? 'main' : 'worker',
    });`,
  'packages/market/dist/index.d.ts': `
    import type { SourceFactory } from 'sluice/plugin';
    interface MarketOptions { readonly region: 'eu' | 'us'; readonly origin: string }
    declare const market: SourceFactory<MarketOptions, MarketOptions>;
    export default market;
    declare module 'sluice' {
      interface SourceOptions { market: MarketOptions }
    }`,
};

interface WrittenRecord {
  readonly id: string;
  readonly price: number;
  readonly category: string;
  readonly description: string;
}

function recordsOf(ndjson: string): readonly WrittenRecord[] {
  return ndjson
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as WrittenRecord);
}

test(
  'a package that was packed runs in worker threads, its factory twice with two sets of options',
  { timeout: 60_000 },
  async () => {
    const project = await packedProject();
    const origin = await serveItems();
    await project.write(packageFiles);
    await project.install('packages/market');
    const config = (eu: string) => `
    import type {} from 'sluice-plugin-market';
    import { defineConfig } from 'sluice';
    export default defineConfig({
      sources: [
        { use: 'market', options: ${eu} },
        { use: 'market', options: { region: 'us', origin: '${origin}' }, name: 'second' },
      ],
      sinks: [{ use: 'ndjson', path: 'out.ndjson' }],
      workers: { threads: 2 },
    });`;
    await project.write({ 'pipeline.config.ts': config(`{ region: 'eu', origin: '${origin}' }`) });
    expect(await project.compile(['pipeline.config.ts'])).toBe('');
    expect(await project.pipeline('run', '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });

    const records = recordsOf(await project.read('out.ndjson'));
    expect(records).toHaveLength(90);
    expect(new Set(records.map(({ description }) => description))).toEqual(new Set(['worker']));
    expect(records.find(({ id }) => id === 'market-eu:7')).toMatchObject({ price: 1, category: 'eu' });
    expect(records.find(({ id }) => id === 'second:7')).toMatchObject({ price: 2, category: 'us' });

    // What is wrong is told by the compiler, and by the run before any request.
    await project.write({ 'pipeline.config.ts': config(`{ region: 'cn', colour: 'red', origin: '${origin}' }`) });
    expect(await project.compile(['pipeline.config.ts'])).toMatch(/^pipeline\.config\.ts\(\d+,\d+\): error TS/);
    expect(await project.pipeline('run', '--quiet')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^error: 2 problems in .*\n\n {2}sources\[0\]\.options\.colour: no such option\n\n {2}sources\[0\]\.options\.region: must be eu or us\n$/,
      ),
    });

    const manifest = JSON.parse(packageFiles['packages/market/package.json']) as object;
    await project.write({
      'pipeline.config.ts': config(`{ region: 'eu', origin: '${origin}' }`),
      'packages/market/package.json': JSON.stringify({ ...manifest, peerDependencies: { sluice: '^9.1' } }),
    });
    await project.install('packages/market');
    expect(await project.pipeline('run', '--quiet')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /sources\[0\]: the package sluice-plugin-market 1\.2\.3 needs version \^9\.1 of sluice, and this is .*\n +it is newer than this sluice: update sluice/,
      ),
    });
  },
);

test(
  'a local plugin in TypeScript that imports another file runs in worker threads, a factory too',
  { timeout: 60_000 },
  async () => {
    const project = await packedProject();
    const origin = await serveItems();
    await project.write({
      'lib/fields.ts': `
      import { isMainThread } from 'node:worker_threads';
      import type { Normalized, ProductFields } from 'sluice/plugin';
      export interface Item { readonly id: number; readonly name: string; readonly cents: number }
      export function fields({ id, name, cents }: Item, category: string): Normalized<ProductFields> {
        return { id, title: name, price: cents / 100, category, description: isMainThread ? 'main' : 'worker' };
      }`,
      'shop.ts': `
      import { defineNormalizer, defineSource, offsetPagination, type ProductFields } from 'sluice/plugin';
      import { fields, type Item } from './lib/fields.ts';
      export default defineSource({
        name: 'shop',
        baseUrl: '${origin}',
        rateLimit: { requests: 50, perMs: 1000 },
        pagination: offsetPagination({ path: '/items', limit: 20 }),
        items: (body) => body.items,
        normalizer: defineNormalizer<Item, ProductFields>({ normalize: (item) => fields(item, 'plain') }),
      });`,
      'shops.ts': `
      import { defineSourceFactory } from 'sluice/plugin';
      import { z } from 'zod';
      import { fields, type Item } from './lib/fields.ts';
      import shop from './shop.ts';
      export default defineSourceFactory({
        name: 'shops',
        options: z.strictObject({ region: z.enum(['eu', 'us']), since: z.string().transform((text) => new Date(text)) }),
        create: ({ region, since }) => ({
          ...shop,
          name: region,
          normalizer: { normalize: (item: Item) => fields(item, \`\${region} since \${since.getUTCFullYear()}\`) },
        }),
      });`,
      'pipeline.config.ts': `
      import { defineConfig } from 'sluice';
      import shops from './shops.ts';
      export default defineConfig({
        sources: [
          './shop.ts',
          { use: './shops.ts', options: { region: 'eu', since: '2001-02-03' } },
          { use: shops, options: { region: 'us', since: '2004-05-06' } },
        ],
        sinks: [{ use: 'ndjson', path: 'out.ndjson' }],
        workers: { threads: 2 },
      });`,
    });
    expect(await project.compile(['*.ts', 'lib'])).toBe('');
    expect(await project.pipeline('run', '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
    const records = recordsOf(await project.read('out.ndjson'));
    expect(records).toHaveLength(135);
    expect(new Set(records.map(({ description }) => description))).toEqual(new Set(['worker']));
    const categories = ['shop', 'eu', 'us'].map((name) => records.find(({ id }) => id === `${name}:7`)?.category);
    expect(categories).toEqual(['plain', 'eu since 2001', 'us since 2004']);
  },
);
