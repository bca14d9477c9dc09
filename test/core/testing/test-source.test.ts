import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../core/config/resolve.ts';
import { createPipeline } from '../../../core/index.ts';
import { z } from 'zod';
import {
  chain,
  defineEnricher,
  defineSource,
  linkPagination,
  singlePage,
  type SourcePlugin,
} from '../../../core/plugin.ts';
import { reply, type SourceTestOptions, testSource } from '../../../core/testing.ts';
import { httpServer } from '../../support/fault-server.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { brokenSources, good, pages, type Thing } from './broken-sources.ts';

async function complaintOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: 'conformance_failed' });
  return (error as Error).message;
}

describe('testSource', () => {
  it('takes a source that does all as it should, and gives its records', async () => {
    const { records } = await testSource(good, { pages });
    expect(records).toHaveLength(9);
    expect(records[0]).toMatchObject({ id: 'things:3', source_id: '3', title: 'Thing 3', category: 'g1', price: null });
  });

  it.each(Object.keys(brokenSources))('says what is wrong with a source that %s', async (what) => {
    const [source, problem] = brokenSources[what]?.() ?? [good, ''];
    const text = await complaintOf(testSource(source, { pages }));
    expect(text).toContain(`the source "${source.name}" does not keep the contract of its kind:\n  - `);
    expect(text).toContain(problem);
  });

  it.each([
    ['a factory', { name: 'f', options: {}, create: () => good }, { pages }, 'test what it makes'],
    ['no options', good, undefined, 'pages are missing'],
    ['no pages', good, {}, 'pages are missing'],
  ])('says in words what %s lacks', async (_, plugin, options, words) => {
    const work = testSource(plugin as unknown as SourcePlugin, options as unknown as SourceTestOptions);
    expect((await complaintOf(work)).split('\n')).toEqual([expect.any(String), expect.stringContaining(words)]);
  });

  it('says that what an enricher asks for has to be in a recording', async () => {
    const maker = defineEnricher({
      name: 'maker',
      enrich: async (item: Thing, { request }) => ({
        ...item,
        more: (await request({ path: '/maker' })).json(),
      }),
    });
    const source = { ...good, pagination: singlePage({ path: '/things' }), normalizer: chain(maker, good.normalizer) };
    expect(await complaintOf(testSource(source, { pages: [pages[0]] }))).toMatch(
      /GET \/maker, for which there is no page; what an enricher asks for has to be in a recording$/m,
    );
  });

  it('tells all that is wrong at once', async () => {
    const both = {
      ...good,
      items: (body: Readonly<Record<string, unknown>>) => body['results'],
      rateLimit: { requests: 0.5, perMs: 1000 },
    };
    expect((await complaintOf(testSource(both, { pages: [] }))).split('\n')).toHaveLength(2);
    const [idless] = brokenSources['leaves the id out']?.() ?? [good];
    expect((await complaintOf(testSource(idless, { pages }))).split('\n').length).toBeGreaterThan(9);
  });

  it('lets a test say how many items are meant to become no record', async () => {
    const [first, ...rest] = pages;
    const odd = [{ ...first, items: [{ id: 1 }, ...(first?.items.slice(1) ?? [])] }, ...rest];
    expect((await testSource(good, { pages: odd, rejects: 1 })).records).toHaveLength(8);
    expect(await complaintOf(testSource(good, { pages: odd }))).toContain(
      '1 item became no record (missing_title, title)',
    );
    expect(await complaintOf(testSource(good, { pages: odd, rejects: 2 }))).toContain(
      '1 item became no record, where 2 are meant to',
    );
  });

  it('knows pages by their headers too', async () => {
    const linked = { ...good, pagination: linkPagination({ path: '/things' }) };
    const next = { headers: { Link: '</things?page=2>; rel="next"' } };
    const { records } = await testSource(linked, { pages: [reply(pages[0], next), pages[1]] });
    expect(records).toHaveLength(6);
  });

  it('reads pages from files that are called page-N.json, with headers beside them', async () => {
    const folder = join(await temporaryFolder(), 'pages');
    await mkdir(folder);
    for (const [at, page] of pages.entries())
      await writeFile(join(folder, `page-${at + 1}.json`), JSON.stringify(page));
    await writeFile(
      join(folder, 'page-1.headers.json'),
      JSON.stringify({ status: 200, headers: { 'X-Any': 'thing' } }),
    );
    expect((await testSource(good, { pages: folder })).records).toHaveLength(9);
    expect((await testSource(good, { pages: pathToFileURL(folder) })).records).toHaveLength(9);
    await expect(testSource(good, { pages: join(folder, 'nowhere') })).rejects.toMatchObject({
      code: 'recording_failed',
    });
  });

  it('reads pages from what a run has recorded, failures that passed among them', async () => {
    let failed = false;
    const server = await httpServer((request, response) => {
      const at = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
      if (at === 2 && !failed) {
        failed = true;
        response.writeHead(500).end();
      } else response.end(JSON.stringify(pages[at - 1]));
    });
    const record = join(await temporaryFolder(), 'recorded');
    const config = await resolveConfig(
      {
        sources: [{ use: good, baseUrl: server.origin, retry: { baseMs: 1 } }],
        sinks: ['ndjson'],
        workers: { threads: 0 },
      },
      { baseDir: await temporaryFolder(), env: {} },
    );
    await (await createPipeline(config, { logger: silentLogger }, { record })).run();
    await server.close();
    expect((await testSource(good, { pages: record })).records).toHaveLength(9);
  });

  it('holds items against the raw schema first', async () => {
    const raw = z.object({ id: z.number(), name: z.string(), group: z.object({ name: z.string() }) });
    const normalizer = {
      normalize: ({ id, name, group }: z.output<typeof raw>) => ({ id, title: name.trim(), category: group.name }),
    };
    const source = defineSource({ ...good, raw, normalizer });
    expect((await testSource(source, { pages })).records).toHaveLength(9);
    expect(await complaintOf(testSource({ ...good, normalizer }, { pages }))).toContain(
      'trips over an item in which name is',
    );
  });

  it('knows several windows, and requests that take more than one place', async () => {
    const rateLimit = [
      { requests: 3, perMs: 500 },
      { requests: 4, perMs: 2_000 },
    ];
    expect((await testSource({ ...good, rateLimit, cost: () => 2 }, { pages })).records).toHaveLength(9);
  });

  it('puts back the global fetch', async () => {
    const before = globalThis.fetch;
    await Promise.all([
      testSource(good, { pages }),
      testSource(good, { pages }),
      complaintOf(testSource(good, { pages: [] })),
    ]);
    expect(globalThis.fetch).toBe(before);
  });
});
