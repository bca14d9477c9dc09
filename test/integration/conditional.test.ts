import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { SourceEntry, StateOptions } from '../../core/config/define-config.ts';
import { resolveConfig } from '../../core/config/resolve.ts';
import { createPipeline, type PipelineOptions, type RunReport } from '../../core/index.ts';
import { defineNormalizer, defineSource, pagePagination } from '../../core/plugin.ts';
import { readDocument } from '../support/pipeline.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let titles: string[];
/** Status of each answer, in order. */
let answered: number[];
/** Sends a body that can't be read, under the version of the good one. */
let broken: boolean;
let url: string;
let folder: string;

beforeEach(async () => {
  titles = Array.from({ length: 12 }, (_, index) => `Item ${index}`);
  answered = [];
  broken = false;
  folder = await temporaryFolder();
  const server = createServer((request, response) => {
    const page = Number(new URL(request.url ?? '/', 'http://localhost').searchParams.get('page'));
    const items = titles.map((title, id) => ({ id, title })).slice((page - 1) * 5, page * 5);
    const body = JSON.stringify(items);
    const etag = `"${createHash('sha1').update(body).digest('hex')}"`;
    const status = request.headers['if-none-match'] === etag ? 304 : 200;
    answered.push(status);
    response.writeHead(status, { 'content-type': 'application/json', 'x-total-count': String(titles.length), etag });
    response.end(status === 304 ? undefined : broken ? body.slice(0, -1) : body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
});

const source = () =>
  defineSource({
    name: 'shop',
    baseUrl: url,
    rateLimit: { requests: 1000, perMs: 1000 },
    pagination: pagePagination({ path: '/items', limit: 5, total: { header: 'x-total-count' } }),
    conditional: true,
    normalizer: defineNormalizer<{ id: number; title: string }>({ normalize: ({ id, title }) => ({ id, title }) }),
  });

interface Ran {
  readonly titles: readonly string[];
  readonly pages: RunReport['monitoring']['sources'][string]['pages'] | undefined;
}

interface RunChange {
  readonly change?: Partial<SourceEntry>;
  readonly state?: false | StateOptions;
  readonly options?: PipelineOptions;
}

async function run({ change = {}, state = {}, options = {} }: RunChange = {}): Promise<Ran> {
  const config = await resolveConfig(
    {
      sources: [{ use: source(), retry: { baseMs: 1 }, ...change }],
      sinks: [{ use: 'json-file', path: 'out.json' }],
      workers: { threads: 0 },
      state,
    },
    { baseDir: folder, env: {} },
  );
  const pipeline = await createPipeline(config, { logger: silentLogger }, options);
  const { report } = await pipeline.run();
  const { products } = readDocument(join(folder, 'out.json'));
  const byId = products.toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  return {
    titles: byId.map((product) => (product as unknown as { title: string }).title),
    pages: report.monitoring.sources['shop']?.pages,
  };
}

describe('a conditional source', () => {
  test('is told that nothing has changed, and delivers all that it had', async () => {
    expect((await run()).pages).toMatchObject({ delivered: 3, unchanged: 0 });
    answered = [];
    const second = await run();
    expect(answered).toEqual([304, 304, 304]);
    expect(second.titles).toEqual(titles);
    expect(second.pages).toMatchObject({ delivered: 3, unchanged: 3 });
  });

  test('gets what has changed, and keeps that', async () => {
    await run();
    titles[6] = 'Another';
    answered = [];
    const second = await run();
    expect(answered.toSorted((a, b) => a - b)).toEqual([200, 304, 304]);
    expect(second.titles).toEqual(titles);
    expect(second.pages).toMatchObject({ unchanged: 2 });
    answered = [];
    expect((await run()).titles).toEqual(titles);
    expect(answered).toEqual([304, 304, 304]);
  });

  test('asks for a kept page without condition where it can’t be read, and heals', async () => {
    broken = true;
    expect((await run()).titles).toEqual([]);
    broken = false;
    answered = [];
    expect((await run()).titles).toEqual(titles);
    expect(answered.toSorted((a, b) => a - b)).toEqual([200, 200, 200, 304, 304, 304]);
    answered = [];
    expect((await run()).titles).toEqual(titles);
    expect(answered).toEqual([304, 304, 304]);
  });

  test('asks for everything on a full refresh, and keeps it', async () => {
    await run();
    answered = [];
    await run({ options: { fullRefresh: true } });
    expect(answered).toEqual([200, 200, 200]);
    answered = [];
    await run();
    expect(answered).toEqual([304, 304, 304]);
  });

  test('can be turned off by the config, and is where nothing is kept', async () => {
    await run();
    answered = [];
    await run({ change: { conditional: false } });
    await run({ state: false });
    expect(new Set(answered)).toEqual(new Set([200]));
  });

  test('keeps no more than it may from run to run', async () => {
    await run({ state: { maxCacheBytes: 0 } });
    const kept = readdirSync(join(folder, '.pipeline/cache'), { recursive: true }) as string[];
    expect(kept.filter((name) => name.endsWith('.page'))).toEqual([]);
    answered = [];
    await run();
    expect(answered).toEqual([200, 200, 200]);
  });
});
