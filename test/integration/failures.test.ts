import type { RequestListener } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadBuiltinMocks, startMockUpstreams } from '../../core/index.ts';
import type { SinkPlugin } from '../../core/plugin.ts';
import { httpServer } from '../support/fault-server.ts';
import { runToFile } from '../support/pipeline.ts';

/** A server on a free port of loopback, gone after the test. */
async function upstream(answer: RequestListener): Promise<string> {
  const server = await httpServer(answer);
  onTestFinished(() => server.close());
  return server.origin;
}

const json =
  (body: unknown, headers: Record<string, string> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

const quick = { rateLimit: { requests: 1000, perMs: 1000 }, retry: { baseMs: 1, maxMs: 5 } };
const posts = (baseUrl: string) => ({ use: 'jsonplaceholder', name: 'healthy', baseUrl, ...quick });
const onePost = [{ id: 1, title: 'one' }];

describe('upstreams that fail', () => {
  test('one refuses, one stalls, one is well: the well one is whole, the others are told apart', async () => {
    const [healthy] = await startMockUpstreams((await loadBuiltinMocks()).filter(({ name }) => name === 'dummyjson'));
    onTestFinished(async () => healthy?.close());
    const stalling = await upstream(() => undefined);
    const { document, exitCode } = await runToFile({
      sources: [
        { use: 'dummyjson', baseUrl: healthy?.url ?? '', ...quick },
        { use: 'escuelajs', name: 'stalling', baseUrl: stalling, ...quick, timeouts: { headersMs: 40 } },
        // Nobody listens on port 1 of loopback.
        { use: 'jsonplaceholder', name: 'refusing', baseUrl: 'http://127.0.0.1:1', ...quick },
      ],
      deadlineMs: 10_000,
    });
    expect(exitCode).toBe(3);
    expect(document.products).toHaveLength(194);
    expect(document.errors.map(({ endpoint, error, attempts }) => ({ endpoint, error, attempts }))).toEqual(
      expect.arrayContaining([
        { endpoint: 'stalling', error: 'timeout_after_retries', attempts: 4 },
        { endpoint: 'refusing', error: 'network_error', attempts: 4 },
      ]),
    );
    expect(document.errors).toHaveLength(2);
    expect(document.summary.success_rate).toBeCloseTo(10 / 12);
  });

  test('at the deadline the run ends with what it has', async () => {
    const stalling = await upstream(() => undefined);
    const healthy = await upstream(json(onePost, { 'x-total-count': '1' }));
    const started = performance.now();
    const { document, exitCode } = await runToFile({
      sources: [posts(healthy), { use: 'escuelajs', baseUrl: stalling, ...quick }],
      deadlineMs: 300,
    });
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(exitCode).toBe(3);
    expect(document.products).toHaveLength(1);
    expect(document.errors).toMatchObject([{ endpoint: 'escuelajs', error: 'deadline_exceeded' }]);
    expect(document.summary.partial).toBe(true);
  });

  test('an interrupt writes what was fetched as a whole document, marked partial', async () => {
    const stop = new AbortController();
    const page = Array.from({ length: 20 }, (_, index) => ({ id: index + 1, title: `item ${index}` }));
    const baseUrl = await upstream((request, response) => {
      // The second page is asked for once the first has been read; it never comes.
      if (request.url?.includes('offset=20') === true) stop.abort();
      else json(page)(request, response);
    });
    const { document, exitCode } = await runToFile(
      { sources: [{ use: 'escuelajs', baseUrl, ...quick }] },
      {},
      stop.signal,
    );
    expect(exitCode).toBe(130);
    expect(document.products).toHaveLength(20);
    expect(document.summary).toMatchObject({ partial: true, success_rate: 0.5 });
    expect(document.errors).toMatchObject([{ endpoint: 'escuelajs', error: 'interrupted' }]);
  });

  test.each([
    ['truncated JSON', '[{"id":1,"title":', {}, 'malformed_json'],
    [
      'an HTML page with status 200',
      '<!doctype html><p>login</p>',
      { 'content-type': 'text/html' },
      'unexpected_content_type',
    ],
    ['an object where a list belongs', '{"status":"error"}', {}, 'unexpected_shape'],
    ['an empty body', '', {}, 'malformed_json'],
  ])('%s fails that source with %s', async (_, body, headers, code) => {
    const broken = await upstream(json(body, headers));
    const healthy = await upstream(json(onePost, { 'x-total-count': '1' }));
    const { document, exitCode } = await runToFile({
      sources: [posts(healthy), { use: 'escuelajs', name: 'broken', baseUrl: broken, ...quick }],
    });
    expect(exitCode).toBe(3);
    expect(document.errors).toMatchObject([{ endpoint: 'broken', error: code, attempts: 4 }]);
    expect(document.products).toHaveLength(1);
  });

  test('bad records are rejected one by one, with the reason, and cost nothing else', async () => {
    const items = [
      { id: 1, title: 'good', price: '12.50' },
      { id: 2, price: 3 },
      { title: 'no id' },
      { id: 4, title: 'bad price', price: 'cheap' },
      null,
      'text',
      { id: 1, title: 'twice' },
      JSON.parse('{"id":7,"title":"polluted","__proto__":{"price":1}}') as unknown,
    ];
    const { report, exitCode, document } = await runToFile({
      sources: [{ use: 'escuelajs', baseUrl: await upstream(json(items)), ...quick }],
    });
    expect(exitCode).toBe(0);
    expect(document.products.map(({ id, price }) => ({ id, price }))).toEqual([
      { id: 'escuelajs:1', price: 12.5 },
      { id: 'escuelajs:7', price: null },
    ]);
    expect(report.monitoring.sinks['json-file']?.reconciliation).toEqual({
      read: 8,
      split: 0,
      written: 2,
      rejected: 5,
      duplicates: 1,
      dropped: 0,
      filtered: 0,
      unwritten: 0,
    });
    expect(document.errors.map(({ error, reason, field, records }) => [error, reason, field, records])).toEqual([
      ['invalid_record', 'missing_title', 'title', 1],
      ['invalid_record', 'missing_id', 'id', 1],
      ['invalid_record', 'invalid_price', 'price', 1],
      // One is null and one a text: that is not the same mistake.
      ['invalid_record', 'not_an_object', undefined, 1],
      ['invalid_record', 'not_an_object', undefined, 1],
    ]);
  });

  test('with onSourceFailure abort, one failed source stops the others', async () => {
    const { document, exitCode } = await runToFile({
      sources: [
        { use: 'jsonplaceholder', baseUrl: 'http://127.0.0.1:1', ...quick },
        { use: 'escuelajs', baseUrl: await upstream(() => undefined), ...quick },
      ],
      onSourceFailure: 'abort',
    });
    expect(exitCode).toBe(1);
    expect(document.errors.map(({ error }) => error).toSorted()).toEqual(['aborted', 'network_error']);
  });
});

describe('sinks that fail', () => {
  const failing = (name: string, message: string): SinkPlugin => ({
    name,
    open: () =>
      Promise.resolve({
        write: () => Promise.reject(new Error(message)),
        commit: () => Promise.resolve(0),
        close: () => Promise.resolve(),
        abort: () => Promise.resolve(),
      }),
  });

  test('one that breaks does not stop the others', async () => {
    const source = posts(await upstream(json(onePost, { 'x-total-count': '1' })));
    const { report, exitCode, document } = await runToFile({
      sources: [source],
      sinks: [failing('broken', 'no space')],
    });
    expect(exitCode).toBe(3);
    expect(document.products).toHaveLength(1);
    expect(report.errors).toMatchObject([{ endpoint: 'broken', error: 'sink_failed' }]);
    expect(report.monitoring.sinks['broken']?.reconciliation).toMatchObject({ read: 1, written: 0, unwritten: 1 });
  });

  test('the records of a run can be had twice over: each sink gets all of them', async () => {
    const seen: unknown[] = [];
    const memory: SinkPlugin = {
      name: 'memory',
      open: () =>
        Promise.resolve({
          write: async (batch) => void seen.push(...batch.records()),
          commit: () => Promise.resolve(seen.length),
          close: () => Promise.resolve(),
          abort: () => Promise.resolve(),
        }),
    };
    const source = posts(await upstream(json(onePost, { 'x-total-count': '1' })));
    const { document } = await runToFile({ sources: [source], sinks: [memory] });
    expect(seen).toEqual(document.products);
  });
});

test('secrets of the config reach neither the document nor an error', async () => {
  const events: string[] = [];
  const log = (message: string, fields = {}): void => void events.push(message, JSON.stringify(fields));
  const baseUrl = await upstream((_, response) => void response.writeHead(500).end('{}'));
  const secret = 'hunter2hunter2';
  const { document } = await runToFile(
    { sources: [{ ...posts(baseUrl), headers: { authorization: `Bearer ${secret}` } }] },
    { logger: { error: log, warn: log, info: log, debug: log } },
  );
  expect(JSON.stringify(document)).not.toContain(secret);
  expect(events.join('\n')).not.toContain(secret);
  expect(events.length).toBeGreaterThan(3);
});
