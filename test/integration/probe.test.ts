import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type DiscoveredSource, discoverSource, loadBuiltinMocks, startMockUpstreams } from '../../core/index.ts';
import { apiKey, type SourcePlugin } from '../../core/plugin.ts';
import { importDefault } from '../../core/registry/import-module.ts';
import { testSource } from '../../core/testing.ts';
import { serve, type Style, styles, type Thing, things } from '../core/discovery/servers.ts';
import { hurriedClock } from '../core/discovery/hurried-clock.ts';
import { runToFile } from '../support/pipeline.ts';

const root = resolve(import.meta.dirname, '../..');
const { signal } = new AbortController();
let folder: string;

/** Writes what was found out into a project that has this package. */
function write(source: DiscoveredSource): string {
  for (const { name, text } of source.files) {
    const file = join(folder, 'sources', source.name, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return join(folder, 'sources', source.name, `${source.name}.ts`);
}

async function discovered(name: string, style: Style, headers: readonly string[] = []) {
  const url = await serve(style);
  const source = await discoverSource({ url, name, headers, signal, services: { clock: hurriedClock() } });
  return { source, file: write(source), baseUrl: new URL(url).origin };
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-')));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a source that was written from what an API answered', () => {
  const names = Object.keys(styles) as (keyof typeof styles)[];

  test.each(names)('brings every item, and passes its own test: %s', { timeout: 60_000 }, async (style) => {
    const name = `found-${style.toLowerCase()}`;
    const { file, baseUrl } = await discovered(name, styles[style]);
    const rateLimit = { requests: 1000, perMs: 1000 };
    const { document, exitCode } = await runToFile({ sources: [{ use: file, baseUrl, rateLimit }] });
    expect(document.errors).toEqual([]);
    expect(exitCode).toBe(0);
    expect(document.products).toHaveLength(style === 'everything' ? 9 : things.length);
    expect(document.products.find(({ id }) => id === `${name}:7`)).toMatchObject({ title: 'Thing 7', price: 6.5 });

    const plugin = (await importDefault(pathToFileURL(file).href)) as SourcePlugin;
    const { records } = await testSource(plugin, { pages: dirname(file) });
    expect(records.length).toBeGreaterThan(4);
    expect(readFileSync(join(dirname(file), `${name}.test.ts`), 'utf8')).toContain(
      `equal(records.length, ${records.length});`,
    );
  });

  test('asks for the key by the name of its variable, and holds it nowhere', async () => {
    const secret = 'of-the-shop-12345';
    const style: Style = (asked) =>
      asked.headers['x-api-key'] === secret
        ? { body: { ...(styles.cursor(asked).body as object), you: secret } }
        : { status: 401, body: {} };
    const { source, file } = await discovered('keyed', style, [`X-API-Key: ${secret}`]);
    expect(JSON.stringify(source)).not.toContain(secret);
    expect(readFileSync(file, 'utf8')).toContain("auth: apiKey({ header: 'x-api-key', value: '${KEYED_API_KEY}' })");
    const plugin = (await importDefault(pathToFileURL(file).href)) as SourcePlugin;
    await testSource(plugin, { pages: dirname(file), env: { KEYED_API_KEY: 'any value will do' } });
  });

  test.each([
    [
      'a header of any name',
      '',
      ['x-shop: of-the-shop-12345'],
      "auth: apiKey({ header: 'x-shop', value: '${SECRET_SHOP}' })",
    ],
    [
      'a parameter that looks like a key',
      '?tok=of-the-shop-12345',
      [],
      "auth: apiKey({ query: 'tok', value: '${SECRET_TOK}' })",
    ],
    [
      'a parameter and a header',
      '?api_key=of-the-shop-12345',
      ['authorization: Bearer of-the-shop-67890'],
      "headers: { authorization: '${SECRET_TOKEN}' }",
    ],
  ])('keeps a secret out of every file that was given in %s', async (_, query, headers, code) => {
    const style: Style = (asked) => ({
      body: { ...styles.cursor(asked).body, you: [asked.query.toString(), asked.headers] },
    });
    const url = `${await serve(style)}${query}`;
    const source = await discoverSource({ url, name: 'secret', headers, signal, services: { clock: hurriedClock() } });
    expect(JSON.stringify(source)).not.toContain('of-the-shop');
    expect(source.files[0]?.text).toContain(code);
    expect(source.files[1]?.text).toContain(`env: { ${source.variables.map((name) => `${name}: `)[0] ?? ''}`);
  });

  test('keeps a reference to a variable as it was given', async () => {
    process.env['OF_THE_SHOP'] = 'of-the-shop-12345';
    onTestFinished(() => void delete process.env['OF_THE_SHOP']);
    const { source } = await discovered('referring', styles.cursor, [
      'x-api-key: ${OF_THE_SHOP}',
      'x-more: a ${OF_THE_SHOP}',
    ]);
    expect(source.files[0]?.text).toContain("auth: apiKey({ header: 'x-api-key', value: '${OF_THE_SHOP}' })");
    expect(source.files[0]?.text).toContain("headers: { 'x-more': 'a ${OF_THE_SHOP}' }");
    expect(source.variables).toEqual(['OF_THE_SHOP']);
    expect(JSON.stringify(source)).not.toContain('of-the-shop');
  });

  test('says that it sends one secret parameter alone', async () => {
    const url = `${await serve(styles.cursor)}?api_key=abc12345&access_token=def67890`;
    const source = await discoverSource({ url, signal, services: { clock: hurriedClock() } });
    expect(source.variables).toEqual(['THINGS_API_KEY']);
    expect(source.unknown).toContainEqual(expect.stringContaining('access_token'));
  });

  const shapes: Record<string, (thing: Thing) => object> = {
    'no-title': ({ id }) => ({ id }),
    'title-sometimes': ({ id, name }) => ({ id, name: id % 3 === 0 ? null : name }),
    'lists-and-objects': ({ id, name }) => ({ id, name, category: { name }, images: [name] }),
    'hundred-fields': (thing) => ({
      ...thing,
      ...Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, n])),
    }),
    'proto-keys': (thing) =>
      JSON.parse(`{"__proto__":{"a":1},"toString":1,${JSON.stringify(thing).slice(1)}`) as object,
  };

  test.each(Object.keys(shapes))('passes its own test, whatever its items are like: %s', async (shape) => {
    const style: Style = (asked) => {
      const { items, ...rest } = styles.offsetAndTotal(asked).body;
      return { body: { ...rest, items: items.map((item) => shapes[shape]?.(item)) } };
    };
    const { file } = await discovered(shape, style);
    const plugin = (await importDefault(pathToFileURL(file).href)) as SourcePlugin;
    const { records } = await testSource(plugin, { pages: dirname(file) });
    expect(records).toHaveLength(40);
  });

  test.each([
    ['nothing-apart', [{ kind: 'a' }, { kind: 'a' }]],
    ['nothing-there', []],
  ])('says that its test fails where no id was found: %s', async (name, items) => {
    // That it has no type errors is seen below.
    const { source } = await discovered(name, () => ({ body: { items } }));
    expect(source.unknown[0]).toMatch(/test fails$/);
  });

  test('is no code of the upstream’s', async () => {
    const evil = "x'; process.exit(1); //\u2028*/ `${process.exit(1)}`";
    const style: Style = () => ({
      body: {
        [evil]: [
          { id: 1, [evil]: evil, title: evil },
          { id: 2, [evil]: evil, title: 'b' },
        ],
      },
    });
    const { file } = await discovered('evil', style);
    const plugin = (await importDefault(pathToFileURL(file).href)) as SourcePlugin;
    const { records } = await testSource(plugin, { pages: dirname(file) });
    expect(records).toHaveLength(2);
  });

  test('is found for the embedded upstreams', { timeout: 60_000 }, async () => {
    const upstreams = await startMockUpstreams(await loadBuiltinMocks());
    try {
      const expected = { dummyjson: 194, escuelajs: 200, jsonplaceholder: 100, reqres: 12 };
      const paths = {
        dummyjson: '/products',
        escuelajs: '/api/v1/products',
        jsonplaceholder: '/posts',
        reqres: '/api/users',
      };
      for (const [api, count] of Object.entries(expected)) {
        const upstream = upstreams.find(({ name }) => name === api);
        const url = `${upstream?.url ?? ''}${paths[api as keyof typeof paths]}`;
        const asked = { url, name: `found-${api}`, signal, services: { clock: hurriedClock() } };
        const key = api === 'reqres' ? ['x-api-key: any-key-of-mine'] : [];
        const source = await discoverSource({ ...asked, headers: key });
        const file = write(source);
        const plugin = (await importDefault(pathToFileURL(file).href)) as SourcePlugin;
        const auth = key.length === 0 ? {} : { auth: apiKey({ header: 'x-api-key', value: 'any-key-of-mine' }) };
        const variables = { FOUND_REQRES_API_KEY: 'any-key-of-mine' };
        await testSource(plugin, { pages: dirname(file), env: variables });
        const rateLimit = { requests: 1000, perMs: 1000 };
        const { document } = await runToFile({ sources: [{ use: file, rateLimit, ...auth }] });
        expect(document.products.length, api).toBeGreaterThanOrEqual(count);
        expect(source.found.find(({ what }) => what === 'paging')?.certainty).toBe('sure');
      }
    } finally {
      await Promise.all(upstreams.map((upstream) => upstream.close()));
    }
  });

  test('needs a key where the upstream says so, which is told', async () => {
    const mocks = await loadBuiltinMocks();
    const [upstream] = await startMockUpstreams(mocks.filter(({ name }) => name === 'reqres'));
    onTestFinished(() => upstream?.close());
    const work = discoverSource({ url: `${upstream?.url ?? ''}/api/users`, signal });
    await expect(work).rejects.toThrow(/it says "Missing API key"; .*--header/);
  });

  test('has no type errors', { timeout: 60_000 }, async () => {
    const paths = {
      sluice: [join(root, 'core/index.ts')],
      'sluice/plugin': [join(root, 'core/plugin.ts')],
      'sluice/testing': [join(root, 'core/testing.ts')],
    };
    const compilerOptions = { rootDir: '/', noEmit: true, paths };
    const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['sources'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const output = await promisify(execFile)(process.execPath, [compiler, '-p', folder, '--pretty', 'false']).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    );
    expect(output.split('\n').filter((line) => line.startsWith('sources/') || line.includes(folder))).toEqual([]);
  });
});

test.each([
  ['ftp://example.com/things', undefined, /no http or https URL/],
  ['https://me:secret-of-mine@example.com/things', undefined, /as a header instead/],
  ['https://example.com/things', ['no header'], /written as "name: value"/],
])('refuses %s before it asks anybody', async (url, headers = [], message) => {
  const error = await discoverSource({ url, headers, signal }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringMatching(message) });
  expect(String(error)).not.toContain('secret-of-mine');
});
