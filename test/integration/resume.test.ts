import type { RequestListener } from 'node:http';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { SourceEntry } from '../../core/config/define-config.ts';
import { resolveConfig } from '../../core/config/resolve.ts';
import { createPipeline, listRuns, type PipelineConfig, type ResumeRequest, type RunResult } from '../../core/index.ts';
import type { SinkPlugin } from '../../core/plugin.ts';
import { httpServer } from '../support/fault-server.ts';
import { readDocument } from '../support/pipeline.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const pages = 12;
const perPage = 20;

interface Upstream {
  readonly url: string;
  /** Numbers of the pages that were asked for, in order. */
  readonly asked: number[];
  /** Called with a page's number before it is answered; true where it has answered itself. */
  before: (page: number, ...args: Parameters<RequestListener>) => boolean | Promise<boolean>;
}

/** A listing of 240 items by page number, with its total in a header. */
async function listing(): Promise<Upstream> {
  const upstream = { url: '', asked: [] as number[], before: (() => false) as Upstream['before'] };
  const server = await httpServer((request, response) => {
    const page = Number(new URL(request.url ?? '', 'http://host').searchParams.get('_page'));
    upstream.asked.push(page);
    void (async () => {
      if (await upstream.before(page, request, response)) return;
      const first = (page - 1) * perPage + 1;
      const items = Array.from({ length: perPage }, (_, index) => ({
        id: first + index,
        title: `Item ${first + index}`,
      }));
      response.writeHead(200, { 'content-type': 'application/json', 'x-total-count': String(pages * perPage) });
      response.end(JSON.stringify(items));
    })();
  });
  onTestFinished(() => server.close());
  upstream.url = server.origin;
  return upstream;
}

type Change = Partial<PipelineConfig>;

function configOf(upstream: Upstream, change: Change = {}): PipelineConfig {
  return {
    sources: [
      {
        use: 'jsonplaceholder',
        baseUrl: upstream.url,
        rateLimit: { requests: 1000, perMs: 1000 },
        retry: { retries: 0, baseMs: 1 },
        concurrency: 2,
      },
    ],
    sinks: [
      { use: 'json-file', path: 'out.json' },
      { use: 'ndjson', path: 'out.ndjson' },
    ],
    workers: { threads: 0 },
    state: {},
    ...change,
  };
}

async function life(
  folder: string,
  config: PipelineConfig,
  resume?: ResumeRequest,
  signal?: AbortSignal,
): Promise<RunResult> {
  const resolved = await resolveConfig(config, { baseDir: folder, env: {} });
  const pipeline = await createPipeline(resolved, { logger: silentLogger }, { resume });
  return pipeline.run(signal === undefined ? {} : { signal });
}

const runsIn = (folder: string) =>
  listRuns({
    state: { dir: join(folder, '.pipeline'), keepRuns: 10, fsyncMs: 0, maxDeadLetterBytes: 0, maxCacheBytes: 0 },
  });

function expectWhole(folder: string): void {
  const document = readDocument(join(folder, 'out.json'));
  const lines = readFileSync(join(folder, 'out.ndjson'), 'utf8').trimEnd().split('\n');
  const ids = document.products.map(({ id }) => id);
  expect(ids).toHaveLength(pages * perPage);
  expect(new Set(ids).size).toBe(pages * perPage);
  expect(new Set(lines.map((line) => (JSON.parse(line) as { id: string }).id))).toEqual(new Set(ids));
  expect(document.summary).toMatchObject({ total_products: pages * perPage, partial: false });
  expect(document.errors).toEqual([]);
}

const last: ResumeRequest = { kind: 'last' };

describe('a run that is taken up', () => {
  test('after an interrupt asks for what it lacks, and merges it into what was written', async () => {
    const [upstream, folder] = [await listing(), await temporaryFolder()];
    const stop = new AbortController();
    upstream.before = (page) => {
      if (page === 6) stop.abort();
      return false;
    };
    const first = await life(folder, configOf(upstream), undefined, stop.signal);
    expect(first.exitCode).toBe(130);
    const written = readDocument(join(folder, 'out.json')).products.length;
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(pages * perPage);
    expect(await runsIn(folder)).toMatchObject([
      { state: 'interrupted', records: written, resumable: 'yes', lives: 1 },
    ]);

    const done = written / perPage;
    upstream.before = () => false;
    upstream.asked.length = 0;
    const second = await life(folder, configOf(upstream), last);
    expect(second.exitCode).toBe(0);
    expect(second.report.summary.run_id).toBe(first.report.summary.run_id);
    expect(upstream.asked).toHaveLength(pages - done);
    expectWhole(folder);
    expect(second.report.monitoring).toMatchObject({
      lives: 2,
      sources: { jsonplaceholder: { pages: { delivered: pages, failed: 0 }, records: pages * perPage } },
      sinks: { ndjson: { reconciliation: { read: pages * perPage, written: pages * perPage, unwritten: 0 } } },
    });
    expect(await runsIn(folder)).toMatchObject([{ state: 'complete', records: 240, resumable: 'no', lives: 2 }]);
    // Where the time went is told of both lives, and so takes no longer than they did.
    const [before, after] = [first, second].map(({ report }) => report.monitoring.sources['jsonplaceholder']?.time);
    expect(after?.spent_ms.upstream).toBeGreaterThan(before?.spent_ms.upstream ?? Infinity);
    expect(after?.total_ms).toBeLessThanOrEqual(second.report.summary.processing_time_seconds * 1_000 + 10);
  });

  test('after the deadline goes on where that cut it off', async () => {
    const [upstream, folder] = [await listing(), await temporaryFolder()];
    upstream.before = (page) => page > 4;
    const started = performance.now();
    const first = await life(folder, configOf(upstream, { deadlineMs: 1_000 }));
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(first.exitCode).toBe(3);
    expect(await runsIn(folder)).toMatchObject([{ state: 'deadline', records: 80, resumable: 'yes' }]);
    upstream.before = () => false;
    upstream.asked.length = 0;
    // The deadline is no part of what the journal depends on.
    expect((await life(folder, configOf(upstream), last)).exitCode).toBe(0);
    expect(upstream.asked.toSorted((a, b) => a - b)).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
    expectWhole(folder);
  });

  test('that had ended in part is taken up by its id only', async () => {
    const [upstream, folder] = [await listing(), await temporaryFolder()];
    upstream.before = (page, _, response) => {
      if (page !== 3 && page !== 7) return false;
      response.writeHead(404).end('{}');
      return true;
    };
    const first = await life(folder, configOf(upstream));
    expect(first.exitCode).toBe(3);
    const { run_id: runId } = first.report.summary;
    expect(await runsIn(folder)).toMatchObject([{ id: runId, state: 'partial', records: 200, resumable: 'by id' }]);

    upstream.before = () => false;
    upstream.asked.length = 0;
    expect((await life(folder, configOf(upstream), { kind: 'run', runId })).exitCode).toBe(0);
    expect(new Set(upstream.asked)).toEqual(new Set([3, 7]));
    expect(upstream.asked).toHaveLength(2);
    expectWhole(folder);
    await expect(life(folder, configOf(upstream), { kind: 'run', runId })).rejects.toMatchObject({
      code: 'run_not_resumable',
      message: expect.stringContaining('nothing is left to do') as string,
    });
  });

  test('without any that was stopped, a new one begins', async () => {
    const [upstream, folder] = [await listing(), await temporaryFolder()];
    expect((await life(folder, configOf(upstream), last)).exitCode).toBe(0);
    expect((await life(folder, configOf(upstream), last)).exitCode).toBe(0);
    expect(upstream.asked).toHaveLength(2 * pages);
    expect(await runsIn(folder)).toHaveLength(2);
  });

  test('by a config that has changed is refused with the reason', async () => {
    const [upstream, folder] = [await listing(), await temporaryFolder()];
    const stop = new AbortController();
    upstream.before = (page) => {
      if (page === 6) stop.abort();
      return false;
    };
    const { report } = await life(folder, configOf(upstream), undefined, stop.signal);
    const { run_id: runId } = report.summary;
    const other = await listing();
    await expect(life(folder, configOf(other), { kind: 'run', runId })).rejects.toMatchObject({
      code: 'run_not_resumable',
      message: expect.stringContaining('source jsonplaceholder: base URL') as string,
    });
    // Nothing was lost by the refusal.
    expect((await life(folder, configOf(upstream), { kind: 'run', runId })).exitCode).toBe(0);
    expectWhole(folder);
    await expect(life(folder, configOf(upstream), { kind: 'run', runId: 'no-such-run' })).rejects.toMatchObject({
      code: 'run_not_found',
    });
  });

  test('hands what a failed sink lacks to all sinks again', async () => {
    const [upstream, folder] = [await listing(), await temporaryFolder()];
    const kept: string[] = [];
    let full = true;
    const moody: SinkPlugin = {
      name: 'moody',
      async open(_context, _options, position) {
        kept.length = typeof position === 'number' ? position : 0;
        let waiting: string[] = [];
        return {
          async write(batch) {
            if (full && kept.length + waiting.length >= 100) throw new Error('full');
            waiting.push(...batch.records().map(({ id }) => id));
          },
          async commit() {
            kept.push(...waiting);
            waiting = [];
            return kept.length;
          },
          close: () => Promise.resolve(),
          abort: () => Promise.resolve(),
        };
      },
    };
    const config = configOf(upstream, {
      sinks: [{ use: 'json-file', path: 'out.json' }, { use: 'ndjson', path: 'out.ndjson' }, moody],
    });
    const first = await life(folder, config);
    expect(first.exitCode).toBe(3);
    expect(first.report.monitoring.sinks['moody']?.state).toBe('failed');
    expect(readDocument(join(folder, 'out.json')).products).toHaveLength(240);
    full = false;
    const { run_id: runId } = first.report.summary;
    const second = await life(folder, config, { kind: 'run', runId });
    expect(second.exitCode).toBe(0);
    expect(new Set(kept).size).toBe(240);
    expect(kept).toHaveLength(240);
    expectWhole(folder);
  });
});

describe('a sink that keeps what it has', () => {
  test('goes back to its beginning where another sink had committed nothing', async () => {
    const [upstream, folder] = [await listing(), await temporaryFolder()];
    const rows: string[] = [];
    const positions: unknown[] = [];
    const keeping: SinkPlugin = {
      name: 'keeping',
      async open(_context, _options, position) {
        positions.push(position);
        // Only a run that is taken up says where to go back to.
        if (typeof position === 'number') rows.length = position;
        return {
          write: async (batch) => void rows.push(...batch.records().map(({ id }) => id)),
          commit: async () => rows.length,
          close: () => Promise.resolve(),
          abort: () => Promise.resolve(),
        };
      },
    };
    let broken = true;
    const late: SinkPlugin = {
      name: 'late',
      async open() {
        if (broken) throw new Error('not there yet');
        return { write: async () => {}, commit: async () => 0, close: async () => {}, abort: async () => {} };
      },
    };
    rows.push('from an earlier run');
    const config = configOf(upstream, { sinks: [keeping, late] });
    const { report } = await life(folder, config);
    expect(rows).toHaveLength(241);
    broken = false;
    const second = await life(folder, config, { kind: 'run', runId: report.summary.run_id });
    expect(second.exitCode).toBe(0);
    expect(positions).toEqual([undefined, 1]);
    expect(rows).toHaveLength(241);
    expect(new Set(rows).size).toBe(241);
  });

  test('finds its position again, and no secret of it stands in the journal', async () => {
    const [upstream, folder] = [await listing(), await temporaryFolder()];
    const seen: unknown[] = [];
    const uploading = { url: 'https://files.example/u?token=s3cret-of-the-sink', rows: 0 };
    const sink: SinkPlugin = {
      name: 'uploading',
      async open(_context, _options, position) {
        seen.push(position);
        return { write: async () => {}, commit: async () => uploading, close: async () => {}, abort: async () => {} };
      },
    };
    upstream.before = (page, _, response) => {
      if (page === 3) response.writeHead(404).end('{}');
      return page === 3;
    };
    const headers = { authorization: 'Bearer s3cret-of-the-sink' };
    const { sources } = configOf(upstream);
    const config = configOf(upstream, { sources: [{ ...(sources[0] as SourceEntry), headers }], sinks: [sink] });
    const { report } = await life(folder, config);
    const runId = report.summary.run_id;
    const journal = await readFile(join(folder, '.pipeline', 'runs', runId, 'journal.log'), 'utf8');
    expect(journal).not.toContain('s3cret-of-the-sink');
    upstream.before = () => false;
    await life(folder, config, { kind: 'run', runId });
    expect(seen).toEqual([undefined, uploading]);
  });
});

describe('the state folder', () => {
  test('keeps the last runs only, and what they left behind goes with them', async () => {
    const [upstream, folder] = [await listing(), await temporaryFolder()];
    const config = configOf(upstream, { state: { keepRuns: 2 } });
    for (let run = 0; run < 4; run++) await life(folder, config);
    expect(await runsIn(folder)).toHaveLength(2);
    expect((await readdir(folder)).toSorted()).toEqual(['.pipeline', 'out.json', 'out.ndjson']);
  });

  test('is one run’s alone', async () => {
    const [upstream, folder] = [await listing(), await temporaryFolder()];
    upstream.before = () => new Promise((resolve) => setTimeout(() => resolve(false), 30));
    const both = await Promise.allSettled([life(folder, configOf(upstream)), life(folder, configOf(upstream))]);
    const refused = both.flatMap((run) => (run.status === 'rejected' ? [run.reason as unknown] : []));
    expect(refused).toMatchObject([{ code: 'state_locked' }]);
    expectWhole(folder);
  });

  test('tells a run that is under way from one that was stopped', async () => {
    const [upstream, folder] = [await listing(), await temporaryFolder()];
    let seen: unknown;
    upstream.before = async (page) => {
      if (page === 3) seen = await runsIn(folder);
      return false;
    };
    expect((await life(folder, configOf(upstream))).exitCode).toBe(0);
    expect(seen).toMatchObject([{ state: 'running', resumable: 'no' }]);
    expect(await runsIn(folder)).toMatchObject([{ state: 'complete' }]);
  });

  test('holds the items that were rejected and the pages that could not be read', async () => {
    const [upstream, folder] = [await listing(), await temporaryFolder()];
    upstream.before = (page, _, response) => {
      if (page !== 2 && page !== 5) return false;
      response.writeHead(200, { 'content-type': 'application/json', 'x-total-count': String(pages * perPage) });
      response.end(page === 2 ? JSON.stringify([{ id: 21, title: 'kept' }, { title: 'no id' }, 17]) : '[{"id": 1,');
      return true;
    };
    const { report } = await life(folder, configOf(upstream));
    const { run_id: runId } = report.summary;
    const file = join(folder, '.pipeline', 'runs', runId, 'dead-letters.ndjson');
    const letters = (await readFile(file, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(report.monitoring.dead_letters).toEqual({ file, kept: 3, omitted: 0 });
    expect(letters).toHaveLength(3);
    const page = (number: number) => expect.stringContaining(`_page=${number}`) as string;
    expect(letters).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'record',
          source: 'jsonplaceholder',
          page: page(2),
          reason: 'missing_id',
          raw: { title: 'no id' },
        }),
        expect.objectContaining({ kind: 'record', reason: 'not_an_object', index: 2, raw: 17 }),
        expect.objectContaining({
          kind: 'page',
          code: 'malformed_json',
          page: page(5),
          bytes: Buffer.from('[{"id": 1,').toString('base64'),
        }),
      ]),
    );
    expect(report.errors.some(({ error, records }) => error === 'invalid_record' && records === 1)).toBe(true);
  });
});
