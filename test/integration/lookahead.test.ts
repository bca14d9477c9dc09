import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { SourceEntry } from '../../core/config/define-config.ts';
import { resolveConfig } from '../../core/config/resolve.ts';
import { createPipeline, type ResumeRequest, type RunResult } from '../../core/index.ts';
import { defineNormalizer, defineSource, offsetPagination, type OffsetOptions } from '../../core/plugin.ts';
import { planRun } from '../../core/probe/plan-run.ts';
import { previewSource } from '../../core/probe/preview-source.ts';
import { httpServer } from '../support/fault-server.ts';
import { readDocument } from '../support/pipeline.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const limit = 10;

interface Upstream {
  readonly url: string;
  /** Positions of the pages that were asked for, in order. */
  readonly asked: number[];
  /** Requests that are kept waiting for their answer until so many are there. Default 1. */
  together: number;
  /** Called with each position before it is answered. */
  before: (position: number) => void;
}

/** A listing of `total` items by offset, which tells `declared` as its total. */
async function listing(total: number, declared: number | undefined = total): Promise<Upstream> {
  const upstream = { url: '', asked: [] as number[], together: 1, before: (() => {}) as Upstream['before'] };
  let held: (() => void)[] = [];
  const answer = (position: number, response: ServerResponse): void => {
    const length = Math.max(0, Math.min(limit, total - position * limit));
    const items = Array.from({ length }, (_, index) => ({ id: position * limit + index, title: `Item ${index}` }));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ items, total: declared }));
  };
  const server = await httpServer((request, response) => {
    const position = Number(new URL(request.url ?? '', 'http://host').searchParams.get('offset')) / limit;
    upstream.asked.push(position);
    upstream.before(position);
    held.push(() => answer(position, response));
    if (held.length < upstream.together) return;
    const ready = held;
    held = [];
    for (const send of ready) send();
  });
  onTestFinished(() => server.close());
  upstream.url = server.origin;
  return upstream;
}

const total = (body: { total?: unknown }): unknown => body.total;

function source(upstream: Upstream, options: Partial<OffsetOptions>, entry: Partial<SourceEntry> = {}) {
  const plugin = defineSource({
    name: 'shop',
    baseUrl: upstream.url,
    rateLimit: { requests: 1_000, perMs: 1_000 },
    pagination: offsetPagination({ path: '/items', limit, ...options }),
    items: (body) => body.items,
    normalizer: defineNormalizer<{ id: number; title: string }>({ normalize: ({ id, title }) => ({ id, title }) }),
  });
  return { use: plugin, concurrency: 8, retry: { retries: 0, baseMs: 1 }, ...entry };
}

const configOf = (entry: ReturnType<typeof source>) => ({
  sources: [entry],
  sinks: [{ use: 'json-file', path: 'out.json' }],
  workers: { threads: 0 },
  state: {},
});

async function life(
  folder: string,
  entry: ReturnType<typeof source>,
  { resume, signal }: { readonly resume?: ResumeRequest; readonly signal?: AbortSignal } = {},
): Promise<RunResult> {
  const config = await resolveConfig(configOf(entry), { baseDir: folder, env: {} });
  const pipeline = await createPipeline(config, { logger: silentLogger }, { resume });
  return pipeline.run(signal === undefined ? {} : { signal });
}

const inOrder = (positions: readonly number[]): number[] => positions.toSorted((a, b) => a - b);
const upTo = (length: number): number[] => Array.from({ length }, (_, position) => position);

describe('a run with lookahead', () => {
  test('asks for the next pages along with the first: here nobody is answered before all of them are there', async () => {
    const upstream = await listing(100);
    upstream.together = 5;
    const { report, exitCode } = await life(await temporaryFolder(), source(upstream, { total, lookahead: 4 }));
    expect(exitCode).toBe(0);
    expect(report.summary).toMatchObject({ total_products: 100, partial: false });
    expect(inOrder(upstream.asked)).toEqual(upTo(10));
  });

  test('keeps as many under way where there is no total, and asks for no more than as many past the end', async () => {
    const upstream = await listing(95, undefined);
    upstream.together = 5;
    // Ten pages, the last of which is not full, and four past it: the last group has no fifth to wait for.
    upstream.before = () => {
      if (upstream.asked.length >= 11) upstream.together = 1;
    };
    const { report, exitCode } = await life(await temporaryFolder(), source(upstream, { lookahead: 4 }));
    expect(exitCode).toBe(0);
    expect(report.summary).toMatchObject({ total_products: 95, partial: false });
    expect(new Set(upstream.asked).size).toBe(upstream.asked.length);
    expect(inOrder(upstream.asked)).toEqual(upTo(14));
  });

  test.each([
    [total, 7],
    [undefined, 7],
    [total, 0],
    [undefined, 0],
  ])('takes empty pages past the end for no error (total %o, %d items)', async (declared, items) => {
    const upstream = await listing(items);
    const { report, exitCode } = await life(
      await temporaryFolder(),
      source(upstream, { lookahead: 5, ...(declared && { total: declared }) }),
    );
    expect(exitCode).toBe(0);
    expect(report.errors).toEqual([]);
    expect(report.summary).toMatchObject({ total_products: items, partial: false });
    expect(inOrder(upstream.asked)).toEqual(upTo(6));
  });

  test.each([
    [3, 100, total],
    [3, 60, total],
    [8, 100, undefined],
  ])(
    'never asks for more than %d pages where that is the cap, and says what is missing',
    async (maxPages, items, by) => {
      const upstream = await listing(items);
      const entry = source(upstream, { lookahead: 6, ...(by && { total: by }) }, { maxPages });
      const { report, exitCode } = await life(await temporaryFolder(), entry);
      expect(exitCode).toBe(3);
      expect(inOrder(upstream.asked)).toEqual(upTo(maxPages));
      expect(report.errors).toMatchObject([{ error: 'page_cap_reached' }]);
    },
  );

  test('tells that items are missing, and asks for one page more before that', async () => {
    const upstream = await listing(95, 120);
    const { report, exitCode } = await life(await temporaryFolder(), source(upstream, { total, lookahead: 3 }));
    expect(exitCode).toBe(3);
    expect(report.errors).toMatchObject([{ error: 'total_mismatch' }]);
    expect(inOrder(upstream.asked)).toEqual(upTo(13));
  });

  test.each([
    ['with a total', total],
    ['without one', undefined],
  ])('is taken up %s, with each record once', async (_, by) => {
    const [upstream, folder, stop] = [await listing(395), await temporaryFolder(), new AbortController()];
    const entry = source(upstream, { lookahead: 5, ...(by && { total: by }) }, { concurrency: 3 });
    upstream.before = (position) => {
      if (position === 13) stop.abort();
    };
    expect((await life(folder, entry, { signal: stop.signal })).exitCode).toBe(130);
    upstream.before = () => {};
    const { exitCode, report } = await life(folder, entry, { resume: { kind: 'last' } });
    expect(exitCode).toBe(0);
    expect(report.errors).toEqual([]);
    const ids = readDocument(join(folder, 'out.json')).products.map(({ id }) => id);
    expect(new Set(ids).size).toBe(395);
    expect(ids).toHaveLength(395);
  });

  test('is planned with the pages that it asks for, in one answer less', async () => {
    const plan = async (options: Partial<OffsetOptions>, items: number) => {
      const upstream = await listing(items);
      const config = await resolveConfig(configOf(source(upstream, options)), { baseDir: '/', env: {} });
      const { sources } = await planRun({ ...config, state: undefined }, {}, new AbortController().signal);
      expect(upstream.asked).toEqual([0]);
      return sources[0];
    };
    expect(await plan({ total, lookahead: 4 }, 100)).toMatchObject({ pages: 10, items: 100, sequential: false });
    expect(await plan({ total, lookahead: 4 }, 30)).toMatchObject({ pages: 5, items: 30, sequential: false });
    expect(await plan({ lookahead: 4 }, 100)).toMatchObject({ pages: null, sequential: false });
    const [ahead, plain] = [await plan({ total, lookahead: 4 }, 50), await plan({ total }, 50)];
    expect(ahead?.least_ms).toBeLessThanOrEqual((ahead?.latency_ms ?? 0) + 1);
    expect(plain?.least_ms).toBeGreaterThanOrEqual(2 * (plain?.latency_ms ?? 0) - 1);
  });

  test.each([[total], [undefined]])('is previewed page by page, in order (total %o)', async (by) => {
    const upstream = await listing(100);
    const entry = source(upstream, { lookahead: 4, ...(by && { total: by }) });
    const config = await resolveConfig(configOf(entry), { baseDir: '/', env: {} });
    const options = { source: 'shop', count: 25 };
    const { items } = await previewSource({ ...config, state: undefined }, {}, new AbortController().signal, options);
    expect(items.map(({ raw }) => (raw as { id: number }).id)).toEqual(upTo(25));
    expect(upstream.asked).toEqual([0, 1, 2]);
  });
});
