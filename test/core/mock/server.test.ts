import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { Agent, request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import type { MockApi, MockRequest, MockSettings } from '../../../core/contracts/mock.ts';
import type { MockArrival } from '../../../core/mock/arrivals.ts';
import { startMockUpstream, startMockUpstreams, type MockUpstream } from '../../../core/mock/server.ts';

const long = { text: 'abc '.repeat(1000) };

/** Answers with what it was told, and keeps what it was asked. */
function testApi(overrides: Partial<MockApi> = {}): MockApi & { asked: MockRequest[]; settings: MockSettings[] } {
  const asked: MockRequest[] = [];
  const settings: MockSettings[] = [];
  return {
    name: 'test',
    items: 1,
    path: '/',
    encodings: ['gzip', 'deflate', 'br'],
    asked,
    settings,
    create: (given) => {
      settings.push(given);
      return (call) => {
        asked.push(call);
        if (call.path === '/long') return { status: 200, body: long, headers: { vary: 'Origin' } };
        if (call.path === '/text') return { status: 404, body: 'no', headers: { 'content-type': 'text/html' } };
        if (call.path === '/slow') return { status: 200, body: {}, delayMs: 40 };
        return { status: 200, body: { a: [1] }, indent: 2, headers: { link: '', 'x-total-count': '1', other: 'x' } };
      };
    },
    ...overrides,
  };
}

const open: MockUpstream[] = [];
async function start(...args: Parameters<typeof startMockUpstream>): Promise<MockUpstream> {
  const upstream = await startMockUpstream(...args);
  open.push(upstream);
  return upstream;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((upstream) => upstream.close()));
});

describe('startMockUpstream', () => {
  it('hands the request to the API as it came, and counts it', async () => {
    const api = testApi();
    const arrivals: MockArrival[] = [];
    const upstream = await start(api, { onRequest: (arrival) => arrivals.push(arrival) });
    const before = Date.now();
    await fetch(`${upstream.url}/a/b?x=1&y=%20`, { headers: { 'X-Key': 'k' } });
    await fetch(`${upstream.url}/second`, { method: 'POST', body: '{}' });

    expect(api.asked[0]).toMatchObject({ method: 'GET', path: '/a/b', url: `${upstream.url}/a/b?x=1&y=%20` });
    expect(api.asked[0]?.query.get('y')).toBe(' ');
    expect(api.asked[0]?.headers['x-key']).toBe('k');
    expect(api.asked[0]?.arrivedAt).toBeGreaterThanOrEqual(before);
    expect(upstream.requests).toBe(2);
    expect(arrivals.map(({ ordinal, method, url }) => [ordinal, method, url])).toEqual([
      [1, 'GET', `${upstream.url}/a/b?x=1&y=%20`],
      [2, 'POST', `${upstream.url}/second`],
    ]);
    expect(arrivals[1]?.monotonicMs).toBeGreaterThan(arrivals[0]?.monotonicMs ?? Infinity);
    expect(api.settings).toEqual([{ rateLimit: true }]);
  });

  it('tells since when a request may have waited, though the process was busy', async () => {
    const arrivals: MockArrival[] = [];
    const upstream = await start(testApi(), { onRequest: (arrival) => arrivals.push(arrival) });
    const agent = new Agent({ connections: 1 });
    for (const busyMs of [0, 0, 60]) {
      const sent = request(upstream.url, { dispatcher: agent });
      // The request is on its way by now, and nobody looks for it.
      const until = performance.now() + busyMs;
      while (performance.now() < until);
      await (await sent).body.dump();
    }
    await agent.close();
    const waited = arrivals.map(({ monotonicMs, cameAfterMs }) => monotonicMs - cameAfterMs);
    expect(Math.min(...waited)).toBeGreaterThanOrEqual(0);
    expect(waited[2]).toBeGreaterThanOrEqual(60);
  });

  it('sends JSON with its indent, text as it is, and empty headers', async () => {
    const upstream = await start(testApi());
    const json = await fetch(upstream.url);
    expect(await json.text()).toBe('{\n  "a": [\n    1\n  ]\n}');
    expect(json.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(json.headers.get('link')).toBe('');
    expect(json.headers.get('connection')).toBe('keep-alive');

    const text = await fetch(`${upstream.url}/text`);
    expect([text.status, await text.text(), text.headers.get('content-type')]).toEqual([404, 'no', 'text/html']);
  });

  it('gives a weak ETag, and 304 with the headers that count for paging when it matches', async () => {
    const upstream = await start(testApi());
    const etag = (await fetch(upstream.url)).headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"[^"]+"$/);

    const again = await fetch(upstream.url, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect(again.headers.get('x-total-count')).toBe('1');
    expect(again.headers.get('link')).toBe('');
    expect(again.headers.get('other')).toBeNull();
    expect((await fetch(upstream.url, { headers: { 'if-none-match': 'W/"other"' } })).status).toBe(200);
  });

  it.each([
    ['gzip', gunzipSync],
    ['deflate', inflateSync],
    ['br', brotliDecompressSync],
  ])('compresses with %s where both sides can, the ETag unchanged', async (encoding, decompress) => {
    const upstream = await start(testApi());
    const plain = await request(`${upstream.url}/long`);
    await plain.body.dump();
    const { headers, body } = await request(`${upstream.url}/long`, {
      headers: { 'accept-encoding': `${encoding}, identity;q=0.5` },
    });
    const bytes = Buffer.from(await body.arrayBuffer());
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers['content-length']).toBe(String(bytes.length));
    expect(headers.vary).toBe('Origin, Accept-Encoding');
    expect(headers.etag).toBe(plain.headers.etag);
    expect(JSON.parse(decompress(bytes).toString())).toEqual(long);
  });

  it('leaves small bodies, unknown encodings and APIs without compression alone', async () => {
    const upstream = await start(testApi());
    const bare = await start(testApi({ encodings: [] }));
    const encodingOf = async (url: string, accepted: string): Promise<unknown> => {
      const { headers, body } = await request(url, { headers: { 'accept-encoding': accepted } });
      await body.dump();
      return headers['content-encoding'];
    };
    expect(await encodingOf(upstream.url, 'gzip')).toBeUndefined();
    expect(await encodingOf(`${upstream.url}/long`, 'zstd')).toBeUndefined();
    expect(await encodingOf(`${upstream.url}/long`, 'gzip;q=0')).toBeUndefined();
    expect(await encodingOf(`${bare.url}/long`, 'gzip')).toBeUndefined();
  });

  it('waits as long as its latency and the API say', async () => {
    const timed = async (url: string): Promise<number> => {
      const before = performance.now();
      await (await fetch(url)).text();
      return performance.now() - before;
    };
    // Timers may fire a millisecond early.
    expect(await timed((await start(testApi(), { latencyMs: 40 })).url)).toBeGreaterThan(38);
    expect(await timed((await start(testApi(), { latencyMs: [40, 60] })).url)).toBeGreaterThan(38);
    expect(await timed(`${(await start(testApi())).url}/slow`)).toBeGreaterThan(38);
  });

  it('passes on that the rate limit is off', async () => {
    const api = testApi();
    await start(api, { rateLimit: false });
    expect(api.settings).toEqual([{ rateLimit: false }]);
  });

  it('leaves the global Request and Response alone', async () => {
    const { Request: requestBefore, Response: responseBefore } = globalThis;
    const upstream = await start(testApi());
    await fetch(upstream.url);
    expect(globalThis.Request).toBe(requestBefore);
    expect(globalThis.Response).toBe(responseBefore);
  });

  it('closes at once, answers pending, and refuses from then on', async () => {
    const upstream = await start(testApi(), { latencyMs: 60_000 });
    const pending = fetch(upstream.url).then(
      () => 'answered',
      () => 'cut',
    );
    while (upstream.requests === 0) await sleep(1);
    await upstream.close();
    await upstream.close();
    expect(await pending).toBe('cut');
    await expect(fetch(upstream.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});

describe('startMockUpstreams', () => {
  it('starts each on a port of its own', async () => {
    const upstreams = await startMockUpstreams([testApi({ name: 'one' }), testApi({ name: 'two' })]);
    open.push(...upstreams);
    expect(upstreams.map(({ name }) => name)).toEqual(['one', 'two']);
    expect(new Set(upstreams.map(({ url }) => url)).size).toBe(2);
  });

  it('counts up from a given port, and leaves none open when one is taken', async () => {
    const { port, taken } = await freePairOfPorts();
    await expect(startMockUpstreams([testApi(), testApi()], { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });

    await taken.close();
    const upstreams = await startMockUpstreams([testApi(), testApi()], { port });
    open.push(...upstreams);
    expect(upstreams.map(({ url }) => url)).toEqual([`http://127.0.0.1:${port}`, `http://127.0.0.1:${port + 1}`]);
  });
});

/** A free port whose successor is held by a server of this test; below the range that the system itself gives out. */
async function freePairOfPorts(): Promise<{ port: number; taken: MockUpstream }> {
  for (let tries = 0; tries < 50; tries++) {
    const port = 15_000 + ((process.pid + tries * 101) % 15_000);
    try {
      const taken = await start(testApi(), { port: port + 1 });
      await (await start(testApi(), { port })).close();
      return { port, taken };
    } catch {
      // One of the two is in use: try elsewhere.
    }
  }
  throw new Error('no two free ports in a row');
}
