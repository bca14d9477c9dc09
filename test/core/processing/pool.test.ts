import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { PageProcessor, PageVerdict } from '../../../core/contracts/batch.ts';
import { addPageMetrics } from '../../../core/metrics/page-metrics.ts';
import { createHasher } from '../../../core/processing/hash.ts';
import { createInlineProcessor } from '../../../core/processing/inline.ts';
import { createWorkerPool, type WorkerPoolOptions } from '../../../core/processing/pool.ts';
import product from '../../../plugins/models/product/index.ts';
import fragile from './fixtures/fragile-source.ts';
import { pageOf, readable, recordsOf } from './page.ts';

// A thread can't run TypeScript: the pool is this one, the worker is the built one.
const dist = new URL('../../../dist/', import.meta.url);
const workerUrl = new URL('core/processing/worker.js', dist);
const fixture = (file: string): string => new URL(`fixtures/${file}`, import.meta.url).href;

const sources: WorkerPoolOptions['sources'] = {
  fragile: { kind: 'module', url: fixture('fragile-source.ts') },
  broken: { kind: 'module', url: fixture('broken-source.mjs') },
  inline: { kind: 'inline' },
};

function poolWith(change: Partial<WorkerPoolOptions> = {}): PageProcessor {
  const locator = { kind: 'module', url: new URL('plugins/models/product/index.js', dist).href } as const;
  const model = { name: 'product', locator };
  const pool = createWorkerPool({
    threads: 2,
    batchBytes: 1_000_000,
    recordTimeoutMs: 5_000,
    sources,
    model,
    hashKey: 5n,
    workerUrl,
    ...change,
  });
  onTestFinished(() => pool.close());
  return pool;
}

function page(from: number, count: number, faults: Readonly<Record<number, string>> = {}) {
  const ids = Array.from({ length: count }, (_, index) => from + index);
  return pageOf(
    ids.map((id) => ({ id, title: `Item ${id}`, fault: faults[id] })),
    { source: 'fragile' },
  );
}

const idsOf = (verdict: PageVerdict) => recordsOf(readable(verdict)).map(({ source_id }) => Number(source_id));

const rejectsOf = (verdict: PageVerdict) => readable(verdict).rejects;

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

const messageOf = (verdict: PageVerdict | undefined) => (verdict?.ok === false ? verdict.message : undefined);

// Each thread that is lost takes another one to start, which is slow where the machine is busy.
describe('createWorkerPool', { timeout: 30_000 }, () => {
  beforeAll(() => {
    if (!existsSync(workerUrl)) throw new Error('dist is missing: run `npm run build` first');
  });

  it('holds records against the rules of their source, in the thread', async () => {
    const rule = { field: 'title', maxShare: 0, sources: ['fragile'] };
    const pool = poolWith({
      quality: [
        { ...rule, name: 'form', check: 'pattern', action: 'reject', pattern: '[13]$' },
        { ...rule, name: 'once', check: 'unique', action: 'warn' },
        { ...rule, name: 'others', check: 'pattern', action: 'reject', pattern: '^x', sources: ['other'] },
      ],
    });
    const verdict = readable(await pool.process(page(1, 3)));
    expect(idsOf(verdict)).toEqual([1, 3]);
    expect(verdict.rejects).toMatchObject([
      { index: 1, reason: 'quality', broken: { rule: 'form', record: 'fragile:2' } },
    ]);
    expect([...(verdict.quality ?? [])]).toMatchObject([['form', { failed: 1 }]]);
    const { text } = await createHasher(5n);
    expect([...(verdict.keys?.get('once') ?? [])]).toEqual(['"Item 1"', '"Item 3"'].map(text));
  });

  it('gives what the main thread gives, for pages in any number', async () => {
    const inline = createInlineProcessor({
      sources: new Map([['fragile', fragile]]),
      model: product,
      hasher: await createHasher(5n),
    });
    const pages = Array.from({ length: 60 }, (_, index) => page(index * 20, index % 21));
    const pool = poolWith({ batchBytes: 2000 });
    const verdicts = await Promise.all(pages.map((one) => pool.process(one)));
    const expected = await Promise.all(pages.map((one) => inline.process(one)));
    const timeless = (list: readonly PageVerdict[]) => list.map((verdict) => ({ ...verdict, processingMs: 0 }));
    expect(timeless(verdicts)).toEqual(timeless(expected));
  });

  it('hands over bytes that nothing else is in, and counts that can be added up here', async () => {
    const verdict = readable(await poolWith().process(page(1, 20)));
    expect(verdict.ndjson.buffer.byteLength).toBe(verdict.ndjson.byteLength);
    const sum = new Map();
    addPageMetrics(sum, verdict.metrics);
    expect(sum.get('')).toMatchObject({ count: 20, valued: 0 });
  });

  it('passes on what is known already', async () => {
    const hasher = await createHasher(5n);
    const verdict = await poolWith().process({ ...page(1, 3), known: BigUint64Array.of(hasher.text('fragile:2')) });
    expect(idsOf(verdict)).toEqual([1, 3]);
    expect(verdict).toMatchObject({ skipped: 1 });
  });

  it('says what is wrong with a body as data', async () => {
    const pool = poolWith();
    const bad = ['{"a":1}', '[1', '', '<html>'].map((body) => pool.process(pageOf(body, { source: 'fragile' })));
    const codes = (await Promise.all(bad)).map((verdict) => (verdict.ok ? 'ok' : verdict.code));
    expect(codes).toEqual(['unexpected_shape', 'malformed_json', 'malformed_json', 'unexpected_content_type']);
  });

  it.each([
    ['broken', 'this module can not be loaded'],
    ['inline', 'plugin_not_reachable'],
    ['unheard-of', 'unheard-of'],
    ['constructor', 'constructor'],
  ])('fails the pages of the source "%s" that a worker can’t load, and no others', async (source, message) => {
    const pool = poolWith();
    const [first, second, fine] = await Promise.all([
      pool.process(pageOf([], { source })),
      pool.process(pageOf([], { source })),
      pool.process(page(1, 2)),
    ]);
    for (const verdict of [first, second]) {
      expect(verdict).toMatchObject({ ok: false, code: 'worker_failed' });
      expect(messageOf(verdict)).toContain(message);
    }
    expect(idsOf(fine)).toEqual([1, 2]);
  });

  it('rejects only the record on which a thread ends, and keeps the bytes of its page', async () => {
    const pool = poolWith();
    const pages = Array.from({ length: 30 }, (_, index) => page(index * 10, 10, index === 11 ? { 115: 'exit' } : {}));
    const verdicts = await Promise.all(pages.map((one) => pool.process(one)));
    expect(verdicts.flatMap(idsOf)).toEqual(numbers(0, 300).filter((id) => id !== 115));
    expect(verdicts.flatMap(rejectsOf)).toEqual([
      {
        reason: 'record_crashed',
        index: 5,
        message: 'the worker thread exited (7)',
        raw: '{"id":115,"title":"Item 115","fault":"exit"}',
      },
    ]);
    expect(pages[11]?.bytes.byteLength).toBeGreaterThan(0);
    expect(idsOf(await pool.process(page(1, 1)))).toEqual([1]);
  });

  it('rejects only the record that takes longer than the limit, and delivers a page again without looking at it', async () => {
    const pool = poolWith({ recordTimeoutMs: 500 });
    const pages = [page(0, 10), page(10, 10, { 13: 'hang', 17: 'hang' }), page(20, 10)];
    const verdicts = await Promise.all(pages.map((one) => pool.process(one)));
    expect(verdicts.flatMap(idsOf)).toEqual(numbers(0, 30).filter((id) => id !== 13 && id !== 17));
    const message = 'the record took longer than 500 ms';
    expect(verdicts.flatMap(rejectsOf)).toMatchObject([
      { reason: 'record_timeout', index: 3, message },
      { reason: 'record_timeout', index: 7, message },
    ]);
    const started = performance.now();
    const known = BigUint64Array.of((await createHasher(5n)).text('fragile:10'));
    const again = await pool.process({ ...(pages[1] ?? page(0, 0)), known });
    expect(performance.now() - started).toBeLessThan(500);
    expect(again).toMatchObject({ count: 7, skipped: 1, rejects: [{ index: 3 }, { index: 7 }] });
  });

  it.each(['objects', 'buffers'])('rejects only the record that eats up memory (%s)', async (fault) => {
    const pool = poolWith({ recordMemoryBytes: 64 * 1024 * 1024 });
    const verdicts = await Promise.all([pool.process(page(0, 5, { 2: fault })), pool.process(page(5, 5))]);
    expect(verdicts.flatMap(idsOf)).toEqual([0, 1, 3, 4, 5, 6, 7, 8, 9]);
    expect(verdicts.flatMap(rejectsOf)).toMatchObject([
      { reason: 'record_crashed', index: 2, message: 'the record took more than 64 MiB of memory' },
    ]);
  });

  it('does not put the memory of one record down to another that is only slow', async () => {
    const pool = poolWith({ recordMemoryBytes: 64 * 1024 * 1024, batchBytes: 1 });
    const verdicts = await Promise.all([
      pool.process(page(0, 2, { 1: 'slow' })),
      pool.process(page(2, 2, { 3: 'buffers' })),
      pool.process(page(4, 2)),
    ]);
    expect(verdicts.flatMap(idsOf)).toEqual([0, 1, 2, 4, 5]);
    expect(verdicts.flatMap(rejectsOf)).toMatchObject([{ reason: 'record_crashed', index: 1 }]);
  });

  it('gives a plugin that keeps memory a new thread before the heap is full', async () => {
    const pool = poolWith({ threads: 1, batchBytes: 1, recordMemoryBytes: 32 * 1024 * 1024 });
    const pages = Array.from({ length: 40 }, (_, index) => page(index, 1, { [index]: 'leak' }));
    const before = process.memoryUsage.rss();
    const verdicts = await Promise.all(pages.map((one) => pool.process(one)));
    expect(verdicts.flatMap(idsOf)).toEqual(numbers(0, 40));
    // 40 times 100,000 objects in one thread would be more.
    expect(process.memoryUsage.rss() - before).toBeLessThan(120 * 1024 * 1024);
  });

  it('fails a page more than three of whose records cost a thread, and no other', async () => {
    const pool = poolWith();
    const faults = { 0: 'exit', 2: 'exit', 4: 'exit', 6: 'exit' };
    const [bad, good] = await Promise.all([pool.process(page(0, 10, faults)), pool.process(page(10, 2))]);
    expect(bad).toMatchObject({ ok: false, code: 'worker_failed' });
    expect(messageOf(bad)).toContain('more than 3 of its records');
    expect(idsOf(good)).toEqual([10, 11]);
  });

  it('gives a source no further thread when its pages have cost twenty', async () => {
    const pool = poolWith({ sources: { ...sources, well: sources['fragile'] ?? { kind: 'inline' } } });
    const pages = Array.from({ length: 40 }, (_, index) => page(index * 2, 2, { [index * 2]: 'exit' }));
    const well = Array.from({ length: 10 }, (_, index) => ({ ...page(index, 1), source: 'well' }));
    const verdicts = await Promise.all([...pages, ...well].map((one) => pool.process(one)));
    const delivered = verdicts.slice(0, 40).filter(({ ok }) => ok).length;
    expect(delivered).toBeGreaterThan(15);
    expect(delivered).toBeLessThanOrEqual(20);
    const failures = new Set(verdicts.slice(0, 40).flatMap((verdict) => messageOf(verdict) ?? []));
    expect([...failures]).toEqual(['pages of fragile cost 20 worker threads: it is given no further one']);
    expect(verdicts.slice(40).flatMap(idsOf)).toEqual(numbers(0, 10));
    expect(await pool.process(page(1, 1))).toMatchObject({ code: 'worker_failed' });
  });

  it('fails a page whose items() never returns, and no other', async () => {
    const pool = poolWith({ recordTimeoutMs: 400 });
    const [bad, good] = await Promise.all([
      pool.process(pageOf({ hang: true }, { source: 'fragile' })),
      pool.process(page(1, 2)),
    ]);
    expect(bad).toMatchObject({ code: 'worker_failed', message: 'reading the page took longer than 400 ms' });
    expect(idsOf(good)).toEqual([1, 2]);
  });

  it.each(['exit-later', 'reject-later'])(
    'loses nothing to a record that strikes when it is done (%s)',
    async (fault) => {
      const pool = poolWith({ threads: 1, batchBytes: 1 });
      const pages = Array.from({ length: 6 }, (_, index) => page(index, 1, { 2: fault }));
      const verdicts = await Promise.all(pages.map((one) => pool.process(one)));
      expect(verdicts.flatMap(idsOf)).toEqual([0, 1, 2, 3, 4, 5]);
    },
  );

  it('fails every page where the threads can’t start, rather than waiting for ever', async () => {
    const pool = poolWith({ workerUrl: new URL('core/processing/no-such-worker.js', dist) });
    const verdicts = await Promise.all(Array.from({ length: 5 }, (_, index) => pool.process(page(index, 1))));
    for (const verdict of verdicts) expect(verdict).toMatchObject({ ok: false, code: 'worker_failed' });
    expect(await pool.process(page(1, 1))).toMatchObject({ ok: false, code: 'worker_failed' });
  });

  it('answers for every page when it is closed, even for one on which a thread hangs', async () => {
    const pool = poolWith({ threads: 1, batchBytes: 1 });
    const verdicts = [page(1, 1, { 1: 'hang' }), page(2, 1), page(3, 1)].map((one) => pool.process(one));
    await Promise.all([pool.close(), pool.close()]);
    for (const verdict of await Promise.all(verdicts)) expect(verdict).toMatchObject({ code: 'worker_failed' });
    expect(await pool.process(page(4, 1))).toMatchObject({
      code: 'worker_failed',
      message: 'the worker pool is closed',
    });
  });
});
