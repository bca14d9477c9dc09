import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { resolveConfig } from '../../core/config/resolve.ts';
import { createPipeline, type PipelineConfig, type ResumeRequest, type RunResult } from '../../core/index.ts';
import type { Batch } from '../../core/plugin.ts';
import { httpServer } from '../support/fault-server.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const pages = 12;
const perPage = 20;
const all = pages * perPage;

/** A listing of 240 items; `before` is called with each page that is asked for. */
async function listing(before: (page: number) => void = () => undefined): Promise<string> {
  const server = await httpServer((request, response) => {
    const page = Number(new URL(request.url ?? '', 'http://host').searchParams.get('_page'));
    before(page);
    const first = (page - 1) * perPage + 1;
    const items = Array.from({ length: perPage }, (_, index) => ({
      id: first + index,
      title: `Item ${first + index}`,
    }));
    response.writeHead(200, { 'content-type': 'application/json', 'x-total-count': String(all) });
    response.end(JSON.stringify(items));
  });
  onTestFinished(() => server.close());
  return server.origin;
}

const sourceOf = (name: string, baseUrl: string) =>
  ({ use: 'jsonplaceholder', name, baseUrl, rateLimit: { requests: 1000, perMs: 1000 }, concurrency: 2 }) as const;
const even = ({ source_id }: { readonly source_id: string }): boolean => Number(source_id) % 2 === 0;
const sinks: PipelineConfig['sinks'] = [
  { use: 'ndjson', path: 'all.ndjson' },
  { use: 'ndjson', name: 'only-b', path: 'b.ndjson', sources: ['b'] },
  { use: 'ndjson', name: 'even', path: 'even.ndjson', filter: even },
  { use: 'ndjson', name: 'even-b', path: 'even-b.ndjson', sources: ['b'], filter: even },
  { use: 'ndjson', name: 'parts', path: 'parts/{date}/{source}.ndjson', filter: even },
  { use: 'ndjson', name: 'one', path: 'one.ndjson', filter: { source: 'a', title: ['Item 7', 'Item 230'] } },
];

async function life(
  folder: string,
  config: Pick<PipelineConfig, 'sources' | 'sinks'>,
  resume?: ResumeRequest,
  signal?: AbortSignal,
): Promise<RunResult> {
  const whole = { workers: { threads: 0 }, state: {}, ...config };
  const resolved = await resolveConfig(whole, { baseDir: folder, env: {} });
  const pipeline = await createPipeline(resolved, { logger: silentLogger }, { resume });
  return pipeline.run(signal === undefined ? {} : { signal });
}

async function idsIn(folder: string, name: string): Promise<readonly string[]> {
  const text = await readFile(join(folder, `${name}.ndjson`), 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { readonly id: string }).id);
}

function idsOf(source: string, step = 1): string[] {
  return Array.from({ length: all / step }, (_, index) => `${source}:${(index + 1) * step}`);
}

/** What is to be in the files, and what the report says of each sink, after a run however often taken up. */
async function expectAll(folder: string, { report, exitCode }: RunResult): Promise<void> {
  expect(exitCode).toBe(0);
  const sorted = async (name: string) => (await idsIn(folder, name)).toSorted();
  expect(await sorted('all')).toEqual([...idsOf('a'), ...idsOf('b')].toSorted());
  expect(await sorted('b')).toEqual(idsOf('b').toSorted());
  expect(await sorted('even')).toEqual([...idsOf('a', 2), ...idsOf('b', 2)].toSorted());
  expect(await sorted('even-b')).toEqual(idsOf('b', 2).toSorted());
  expect(await sorted('one')).toEqual(['a:230', 'a:7']);
  const day = report.summary.started_at.slice(0, 10);
  for (const source of ['a', 'b']) {
    expect(await sorted(`parts/${day}/${source}`)).toEqual(idsOf(source, 2).toSorted());
  }
  const { sinks: told } = report.monitoring;
  expect(told['ndjson']?.reconciliation).toMatchObject({ read: 2 * all, written: 2 * all, filtered: 0, unwritten: 0 });
  expect(told['ndjson']).not.toHaveProperty('sources');
  expect(told['only-b']?.reconciliation).toMatchObject({ read: all, written: all, filtered: 0, unwritten: 0 });
  expect(told['even']?.reconciliation).toMatchObject({ read: 2 * all, written: all, filtered: all, unwritten: 0 });
  const half = { read: all, written: all / 2, filtered: all / 2, unwritten: 0 };
  expect(told['even-b']).toMatchObject({ sources: ['b'], reconciliation: half });
  expect(told['one']?.reconciliation).toMatchObject({ read: 2 * all, written: 2, filtered: 2 * all - 2 });
}

describe('sinks that are not given everything', () => {
  test('get what is meant for them, and the report says where the rest went', async () => {
    const folder = await temporaryFolder();
    const sources = [sourceOf('a', await listing()), sourceOf('b', await listing())];
    const result = await life(folder, { sources, sinks });
    expect(result.report.monitoring.lives).toBe(1);
    await expectAll(folder, result);
  });

  test('count the same when the run was stopped and taken up, again and again', async () => {
    const folder = await temporaryFolder();
    let stop = new AbortController();
    let asked = 0;
    const count = (): void => {
      asked++;
      if (asked % 9 === 0) stop.abort();
    };
    const sources = [sourceOf('a', await listing(count)), sourceOf('b', await listing(count))];
    let lives = 0;
    let result: RunResult;
    do {
      stop = new AbortController();
      result = await life(folder, { sources, sinks }, { kind: 'last' }, stop.signal);
      lives++;
    } while (result.exitCode === 130 && lives < 20);
    expect(lives).toBeGreaterThan(2);
    expect(result.report.monitoring.lives).toBe(lives);
    await expectAll(folder, result);
  });

  test('fail alone by a filter that throws, and all that they lack is unwritten', async () => {
    const folder = await temporaryFolder();
    const sources = [sourceOf('a', await listing()), sourceOf('b', await listing())];
    const wrong = ({ id }: { readonly id: string }): boolean => {
      if (id === 'b:30') throw new TypeError('boom');
      return id.startsWith('b');
    };
    const bad = { use: 'ndjson', name: 'bad', path: 'bad.ndjson', filter: wrong };
    const { report, exitCode } = await life(folder, { sources, sinks: [...sinks, bad] });
    expect(exitCode).toBe(3);
    const { state, reconciliation } = report.monitoring.sinks['bad'] ?? {};
    expect(state).toBe('failed');
    // Pages before it may have been filtered already: what was kept from it is no loss.
    expect(reconciliation).toMatchObject({ read: 2 * all, written: 0 });
    expect((reconciliation?.filtered ?? 0) + (reconciliation?.unwritten ?? 0)).toBe(2 * all);
    expect(report.errors).toMatchObject([
      { endpoint: 'bad', error: 'sink_failed', message: 'the filter of the sink threw for the record b:30' },
    ]);
    expect(await idsIn(folder, 'all')).toHaveLength(2 * all);
  });

  test('can not be taken up by a config that gives them something else', async () => {
    const folder = await temporaryFolder();
    const stop = new AbortController();
    const sources = [sourceOf('a', await listing((page) => page === 3 && stop.abort()))];
    const sinkOf = (title: string) => [{ use: 'ndjson', path: 'out.ndjson', filter: { title } }];
    const { report } = await life(folder, { sources, sinks: sinkOf('Item 1') }, undefined, stop.signal);
    const runId = report.summary.run_id;
    const again = life(folder, { sources, sinks: sinkOf('Item 2') }, { kind: 'run', runId });
    await expect(again).rejects.toThrow(/sink ndjson/);
  });

  test('do not hold up what is not meant for them', async () => {
    const folder = await temporaryFolder();
    const seen: string[] = [];
    const open = async () => ({
      write: async ({ source }: Batch) => void seen.push(source),
      commit: async () => null,
      close: async () => undefined,
      abort: async () => undefined,
    });
    const sources = [sourceOf('a', await listing()), sourceOf('b', await listing())];
    await life(folder, { sources, sinks: [{ use: { name: 'mine', open }, sources: ['a'] }] });
    expect(new Set(seen)).toEqual(new Set(['a']));
  });
});
