import { createServer } from 'node:http';
import { readdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { resolveConfig } from '../../core/config/resolve.ts';
import { createPipeline, type PipelineOptions, type RunResult } from '../../core/index.ts';
import { defineNormalizer, defineSource, type Incremental, pagePagination } from '../../core/plugin.ts';
import { readDocument } from '../support/pipeline.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Item {
  readonly id: number;
  readonly title: string;
  readonly updatedAt: string;
}

/** Where the upstream fails: told of each page, true for a 500. */
let fails: (page: number) => boolean;
let items: Item[];
/** The `since` of each request, in order. */
let asked: (string | null)[];
let url: string;
let folder: string;

const at = (minute: number): string => `2026-05-01T10:${String(minute).padStart(2, '0')}:00Z`;

beforeEach(async () => {
  fails = () => false;
  asked = [];
  items = Array.from({ length: 12 }, (_, index) => ({ id: index, title: `Item ${index}`, updatedAt: at(index) }));
  folder = await temporaryFolder();
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const since = searchParams.get('since');
    const page = Number(searchParams.get('page'));
    asked.push(since);
    if (fails(page)) return void response.writeHead(500).end();
    const changed = items.filter(({ updatedAt }) => since === null || Date.parse(updatedAt) >= Date.parse(since));
    response.writeHead(200, { 'content-type': 'application/json', 'x-total-count': String(changed.length) });
    response.end(JSON.stringify(changed.slice((page - 1) * 5, page * 5)));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
});

async function run(
  change: Partial<Incremental> = {},
  options: PipelineOptions = {},
): Promise<RunResult & { ids: number[] }> {
  const source = defineSource({
    name: 'shop',
    baseUrl: url,
    rateLimit: { requests: 1000, perMs: 1000 },
    pagination: pagePagination({ path: '/items', limit: 5, total: { header: 'x-total-count' } }),
    incremental: { field: 'updatedAt', param: 'since', ...change },
    normalizer: defineNormalizer<Item>({ normalize: ({ id, title }) => ({ id, title }) }),
  });
  const config = await resolveConfig(
    {
      sources: [{ use: source, retry: { retries: 0 } }],
      sinks: [{ use: 'json-file', path: 'out.json' }],
      workers: { threads: 0 },
      state: {},
    },
    { baseDir: folder, env: {} },
  );
  const pipeline = await createPipeline(config, { logger: silentLogger }, options);
  const result = await pipeline.run();
  const { products } = readDocument(join(folder, 'out.json'));
  return { ...result, ids: products.map(({ id }) => Number(id.split(':')[1])).toSorted((a, b) => a - b) };
}

describe('an incremental source', () => {
  test('asks for everything first, then for what has changed since, on every page', async () => {
    expect((await run()).ids).toHaveLength(12);
    expect(asked).toEqual([null, null, null]);
    items = items.map((item) => (item.id < 7 ? { ...item, updatedAt: at(30 + item.id) } : item));
    asked = [];
    // The one that had the latest value comes again: what else has it may not have been there yet.
    expect((await run()).ids).toEqual([0, 1, 2, 3, 4, 5, 6, 11]);
    expect(asked).toEqual([at(11), at(11)]);
    asked = [];
    expect((await run()).ids).toEqual([6]);
    expect(asked).toEqual([at(36)]);
  });

  test('takes the lag off', async () => {
    await run();
    expect((await run({ lagMs: 120_000 })).ids).toEqual([9, 10, 11]);
  });

  test('keeps its cursor where a run was not complete', async () => {
    await run();
    items = items.map((item) => ({ ...item, updatedAt: at(30 + item.id) }));
    fails = (page) => page === 2;
    expect((await run()).exitCode).toBe(3);
    fails = () => false;
    asked = [];
    expect((await run()).ids).toHaveLength(12);
    expect(new Set(asked)).toEqual(new Set([at(11)]));
  });

  test('a run that is taken up asks since what it began with, and keeps what all its lives have seen', async () => {
    await run();
    items = items.map((item) => ({ ...item, updatedAt: at(30 + item.id) }));
    fails = (page) => page === 1 || page === 3;
    const first = await run();
    expect(first.exitCode).not.toBe(0);
    fails = () => false;
    asked = [];
    const runId = first.report.summary.run_id;
    expect((await run({}, { resume: { kind: 'run', runId } })).ids).toHaveLength(12);
    expect(new Set(asked)).toEqual(new Set([at(11)]));
    asked = [];
    await run();
    expect(asked).toEqual([at(41)]);
  });

  test('asks for everything on a full refresh, and goes on from there', async () => {
    await run();
    asked = [];
    items = items.map((item) => ({ ...item, updatedAt: at(item.id % 5) }));
    expect((await run({}, { fullRefresh: true })).ids).toHaveLength(12);
    expect(new Set(asked)).toEqual(new Set([null]));
    asked = [];
    await run();
    expect(asked).toEqual([at(4)]);
  });

  test('begins where it says', async () => {
    expect((await run({ start: at(8) })).ids).toEqual([8, 9, 10, 11]);
  });

  test('asks for everything where what is kept is damaged', async () => {
    await run();
    const cursors = join(folder, '.pipeline/cursors');
    for (const name of readdirSync(cursors)) writeFileSync(join(cursors, name), '{"cursor":');
    asked = [];
    expect((await run()).ids).toHaveLength(12);
    expect(asked).toEqual([null, null, null]);
  });

  test('asks for everything where what is kept is of another parameter', async () => {
    await run();
    asked = [];
    await run({ param: 'updated_since' });
    expect(asked).toEqual([null, null, null]);
  });
});
