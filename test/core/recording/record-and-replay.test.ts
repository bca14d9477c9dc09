import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { resolveConfig } from '../../../core/config/resolve.ts';
import { createPipeline, type RunResult } from '../../../core/index.ts';
import { cursorPagination, defineSource, offsetPagination, type SourcePlugin } from '../../../core/plugin.ts';
import { readRecording } from '../../../core/recording/folder.ts';
import { httpServer } from '../../support/fault-server.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const normalizer = { normalize: ({ id, name }: { id: number; name: string }) => ({ id, title: name }) };
const rateLimit = { requests: 100, perMs: 1000 };
const counted = defineSource({
  name: 'counted',
  baseUrl: 'https://counted.test',
  rateLimit,
  pagination: offsetPagination({ path: '/counted', limit: 3, total: (body) => body['total'] }),
  items: (body) => body['items'],
  normalizer,
});
const chained = defineSource({
  name: 'chained',
  baseUrl: 'https://chained.test',
  rateLimit,
  pagination: cursorPagination({ path: '/chained', cursor: (body) => body['next'] }),
  items: (body) => body['items'],
  normalizer,
});

const things = (from: number, to: number): object[] =>
  Array.from({ length: to - from }, (_, at) => ({ id: from + at, name: `Thing ${from + at} \u00e9` }));

/** Two listings: slow and fast pages, a failure that passes, a redirect, a reset, a page that never comes. */
async function upstream() {
  const times = new Map<string, number>();
  const server = await httpServer((request, response) => {
    const target = request.url ?? '';
    const time = (times.get(target) ?? 0) + 1;
    times.set(target, time);
    const { pathname, searchParams } = new URL(target, 'http://x');
    const send = (body: unknown, status = 200, headers = {}): void =>
      void setTimeout(
        () => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body)),
        (target.length * 7 + time * 13) % 40,
      );
    const offset = Number(searchParams.get('offset'));
    if (pathname === '/counted') {
      if (offset === 6 && time === 1) send({ message: 'wait' }, 500);
      else if (offset === 9 && time === 1) response.socket?.destroy();
      else if (offset === 12) send({}, 302, { location: '/counted/last' });
      else if (offset === 15) send({ message: 'gone' }, 410);
      else send({ total: 18, items: things(offset, offset + 3) });
    } else if (pathname === '/counted/last') send({ total: 18, items: things(12, 15) });
    else {
      const at = Number(searchParams.get('cursor') ?? 0);
      send({ items: things(at, at + 2), ...(at < 6 && { next: at + 2 }) });
    }
  });
  onTestFinished(() => server.close());
  return server;
}

interface Ran extends RunResult {
  readonly lines: string;
}

async function run(
  origin: string,
  options: { record?: string; replay?: string },
  sources: readonly SourcePlugin[] = [counted, chained],
): Promise<Ran> {
  const folder = await temporaryFolder();
  const config = await resolveConfig(
    {
      sources: sources.map((use) => ({ use, baseUrl: origin, retry: { baseMs: 5 } })),
      sinks: [{ use: 'ndjson', path: 'out.ndjson' }],
      workers: { threads: 0 },
    },
    { baseDir: folder, env: {} },
  );
  const pipeline = await createPipeline(config, { logger: silentLogger }, options);
  const result = await pipeline.run();
  return { ...result, lines: await readFile(join(folder, 'out.ndjson'), 'utf8') };
}

const withoutTimes = (lines: string): string => lines.replaceAll(/"processed_at":"[^"]*"/g, '"processed_at":""');
const figures = ({ report }: Ran): object =>
  Object.fromEntries(
    Object.entries(report.monitoring.sources).map(
      ([name, { state, pages, records, requests, retries, status_counts, bytes }]) => [
        name,
        { state, pages, records, requests, retries, status_counts, bytes },
      ],
    ),
  );
const errors = ({ report }: Ran): object[] =>
  report.errors.map(({ endpoint, error, status, count }) => ({ endpoint, error, status, count }));

describe('a run that is recorded and replayed', () => {
  it('brings the same records in the same order, and the same failures, without anybody being asked', async () => {
    const server = await upstream();
    const record = join(await temporaryFolder(), 'recording');
    const live = await run(server.origin, { record });
    expect(live.exitCode).toBe(3);
    await server.close();

    const started = performance.now();
    for (let time = 0; time < 3; time++) {
      // Under another base URL: what is asked is what was recorded.
      const again = await run('http://127.0.0.1:9', { replay: record });
      expect(withoutTimes(again.lines)).toBe(withoutTimes(live.lines));
      expect(figures(again)).toEqual(figures(live));
      expect(errors(again)).toEqual(errors(live));
      expect(again.exitCode).toBe(3);
    }
    // Neither a rate limit nor a pause is waited for.
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('has a file for every attempt of every hop, in the order in which they were asked for', async () => {
    const server = await upstream();
    const record = join(await temporaryFolder(), 'recording');
    await run(server.origin, { record });
    const recording = await readRecording(record);
    expect(recording.complete).toBe(true);
    expect(recording.sources).toEqual(['counted', 'chained'].map((name) => ({ name, baseUrl: server.origin })));
    const names = (await readdir(record)).map((name) => name.replace(/^\d+-/, '')).toSorted();
    expect(names).toEqual([
      ...Array.from({ length: 4 }, () => 'get-chained-200.json'),
      ...Array.from({ length: 4 }, () => 'get-counted-200.json'),
      'get-counted-302.json',
      'get-counted-410.json',
      'get-counted-500.json',
      'get-counted-last-200.json',
      'get-counted-network-error.json',
      'manifest.json',
    ]);
    expect(recording.entries.map(({ answered }) => answered).toSorted((a, b) => a - b)).toEqual(
      recording.entries.map((_, at) => at + 1),
    );
  });

  it('says what is missing, and what was recorded that is nearest to it', async () => {
    const server = await upstream();
    const record = join(await temporaryFolder(), 'recording');
    await run(server.origin, { record }, [chained]);
    for (const name of await readdir(record)) {
      const text = await readFile(join(record, name), 'utf8');
      if (text.includes('cursor=4')) await rm(join(record, name));
      if (name === 'manifest.json')
        await writeFile(join(record, name), text.replace('"exchanges": 4', '"exchanges": 3'));
    }
    const { report, exitCode } = await run(server.origin, { replay: record }, [chained]);
    expect(exitCode).toBe(3);
    expect(report.errors).toMatchObject([{ endpoint: 'chained', error: 'replay_miss' }]);
    expect(report.errors[0]?.message).toContain(`GET ${server.origin}/chained?cursor=4 was not recorded in ${record}`);
    expect(report.errors[0]?.message).toMatch(/the nearest that was is GET .*\/chained\?cursor=\d$/);
  });

  it('says when something is asked for more often than it was', async () => {
    const server = await upstream();
    const record = join(await temporaryFolder(), 'recording');
    await run(server.origin, { record }, [chained]);
    for (const name of await readdir(record)) {
      const file = join(record, name);
      const text = await readFile(file, 'utf8');
      if (text.includes('cursor=2')) await writeFile(file, text.replace('"status": 200', '"status": 500'));
    }
    const { report } = await run(server.origin, { replay: record }, [chained]);
    expect(report.errors[0]).toMatchObject({ error: 'replay_miss' });
    expect(report.errors[0]?.message).toContain('cursor=2 was recorded once');
  });
});

describe('what a replay tells apart', () => {
  const record = async (): Promise<string> => join(await temporaryFolder(), 'recording');

  it('is what a header asks for, where that makes a difference', async () => {
    const byHeader = defineSource({
      ...chained,
      pagination: {
        first: () => ['a', 'b', 'c'].map((shelf) => ({ key: shelf, url: '/shelf', headers: { 'x-shelf': shelf } })),
        next: () => [],
      },
    });
    const server = await httpServer((request, response) => {
      const shelf = String(request.headers['x-shelf']);
      const items = [{ id: shelf.charCodeAt(0), name: shelf }];
      // The last that is asked for answers first.
      setTimeout(() => response.end(JSON.stringify({ items })), 60 - 20 * (shelf.charCodeAt(0) - 97));
    });
    onTestFinished(() => server.close());
    const folder = await record();
    const live = await run(server.origin, { record: folder }, [byHeader]);
    expect(live.lines.match(/"title":"."/g)).toEqual(['"title":"c"', '"title":"b"', '"title":"a"']);
    const again = await run(server.origin, { replay: folder }, [byHeader]);
    expect(withoutTimes(again.lines)).toBe(withoutTimes(live.lines));
  });

  it('is no rate limit and no pause: they hold nothing back', async () => {
    let refused = false;
    const server = await httpServer((request, response) => {
      const at = Number(new URL(request.url ?? '', 'http://x').searchParams.get('cursor') ?? 0);
      if (at === 2 && !refused) {
        refused = true;
        response.writeHead(429, { 'retry-after': '1' }).end();
      } else response.end(JSON.stringify({ items: things(at, at + 2), ...(at < 12 && { next: at + 2 }) }));
    });
    onTestFinished(() => server.close());
    const folder = await record();
    const live = await run(server.origin, { record: folder }, [chained]);
    for (const name of await readdir(folder)) {
      const file = join(folder, name);
      await writeFile(file, (await readFile(file, 'utf8')).replace('"retry-after": "1"', '"retry-after": "100"'));
    }
    const slow = { ...chained, rateLimit: { requests: 1, perMs: 10_000 } };
    const started = performance.now();
    const again = await run(server.origin, { replay: folder }, [slow]);
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(withoutTimes(again.lines)).toBe(withoutTimes(live.lines));
    expect(figures(again)).toEqual(figures(live));
  });

  it('is a page that never came from one that did, without waiting for it again', async () => {
    const server = await httpServer((request, response) => {
      if (request.url?.includes('cursor=2') !== true) response.end(JSON.stringify({ items: things(0, 2), next: 2 }));
    });
    onTestFinished(() => server.close());
    const config = async (baseUrl: string) =>
      resolveConfig(
        {
          sources: [{ use: chained, baseUrl, retry: { retries: 1, baseMs: 1 }, timeouts: { headersMs: 150 } }],
          sinks: [{ use: 'ndjson', path: 'out.ndjson' }],
          workers: { threads: 0 },
        },
        { baseDir: await temporaryFolder(), env: {} },
      );
    const folder = await record();
    const live = await (
      await createPipeline(await config(server.origin), { logger: silentLogger }, { record: folder })
    ).run();
    expect(live.report.errors).toMatchObject([{ error: 'timeout_after_retries', attempts: 2 }]);
    const started = performance.now();
    const again = await (
      await createPipeline(await config(server.origin), { logger: silentLogger }, { replay: folder })
    ).run();
    expect(again.report.errors).toMatchObject([{ error: 'timeout_after_retries', attempts: 2 }]);
    expect(performance.now() - started).toBeLessThan(150);
  });
});

describe('a folder of a recording', () => {
  it('is not written over', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'mine.txt'), 'mine');
    await expect(run('http://127.0.0.1:9', { record: folder })).rejects.toMatchObject({
      code: 'recording_failed',
      message: `${folder} is not empty, and nothing is recorded over what is there\n  name a new folder, or remove this one`,
    });
    expect(await readdir(folder)).toEqual(['mine.txt']);
  });

  it('is told from anything else, before anything is asked', async () => {
    const folder = await temporaryFolder();
    const replay = (): Promise<unknown> => run('http://127.0.0.1:9', { replay: folder });
    await expect(replay()).rejects.toMatchObject({
      code: 'recording_failed',
      message: expect.stringContaining('there is no such file') as string,
    });
    await writeFile(
      join(folder, 'manifest.json'),
      '{"format":"sluice-recording","version":2,"sources":[],"exchanges":0}',
    );
    await expect(replay()).rejects.toThrow('version');
    await writeFile(
      join(folder, 'manifest.json'),
      '{"format":"sluice-recording","version":1,"sources":[],"exchanges":2}',
    );
    await expect(replay()).rejects.toThrow('has 0 exchanges, and its manifest.json says 2');
    await writeFile(
      join(folder, 'manifest.json'),
      '{"format":"sluice-recording","version":1,"sources":[{"name":"other","baseUrl":"http://a.test"}],"exchanges":0}',
    );
    await expect(replay()).rejects.toThrow('holds no source "counted", only other');
    await writeFile(join(folder, '00001-get-x-200.json'), '{"request":{"method":"PUT"}}');
    await writeFile(
      join(folder, 'manifest.json'),
      '{"format":"sluice-recording","version":1,"sources":[],"exchanges":1}',
    );
    await expect(replay()).rejects.toThrow("00001-get-x-200.json can't be read");
  });

  it('fails the page whose exchange it can not keep', async () => {
    const server = await upstream();
    const record = join(await temporaryFolder(), 'recording');
    const config = await resolveConfig(
      {
        sources: [{ use: chained, baseUrl: server.origin }],
        sinks: [{ use: 'ndjson', path: 'o' }],
        workers: { threads: 0 },
      },
      { baseDir: await temporaryFolder(), env: {} },
    );
    const pipeline = await createPipeline(config, { logger: silentLogger }, { record });
    await rm(record, { recursive: true });
    const { report } = await pipeline.run();
    expect(report.errors).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ error: 'recording_failed' })]),
    );
  });
});
