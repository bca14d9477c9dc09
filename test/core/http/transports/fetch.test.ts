import { gzipSync } from 'node:zlib';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RequestPhase, Transport } from '../../../../core/contracts/http.ts';
import { SluiceError } from '../../../../core/errors.ts';
import { createFetchTransport } from '../../../../core/http/transports/fetch.ts';
import {
  closedPort,
  faultServer,
  httpServer,
  responseText,
  until,
  type FaultServer,
} from '../../../support/fault-server.ts';
import { failureOf, httpRequest, textOf } from '../../../support/http.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function transportTo({ origin }: { readonly origin: string }): Transport {
  const transport = createFetchTransport({
    origin,
    connections: 4,
    connectMs: 5000,
    maxHeaderBytes: 16_384,
    maxBodyBytes: 100_000,
  });
  cleanups.push(() => transport.close());
  return transport;
}

async function keep(server: Promise<FaultServer>): Promise<FaultServer> {
  const started = await server;
  cleanups.push(() => started.close());
  return started;
}

describe('over mocked HTTP', () => {
  const origin = 'https://shop.test';
  const upstream = setupServer();
  beforeAll(() => upstream.listen({ onUnhandledRequest: 'error' }));
  afterEach(() => upstream.resetHandlers());
  afterAll(() => upstream.close());

  it('gives status, headers and JSON, and sends the headers and the query', async () => {
    upstream.use(
      http.get(`${origin}/products`, ({ request }) =>
        HttpResponse.json(
          { key: request.headers.get('x-key'), query: new URL(request.url).search },
          { headers: { 'X-Total-Count': '100', Link: '' } },
        ),
      ),
    );
    const request = httpRequest(`${origin}/products?_page=1`, { headers: { 'x-key': 'k' } });
    const response = await transportTo({ origin }).handle(request);
    expect(response).toMatchObject({ status: 200, url: `${origin}/products?_page=1` });
    expect(response.headers).toMatchObject({ 'x-total-count': '100', 'content-type': 'application/json' });
    expect(JSON.parse(textOf(response))).toEqual({ key: 'k', query: '?_page=1' });
    expect(response.body.buffer.byteLength).toBe(response.body.byteLength);
  });

  it.each([204, 304, 404, 429, 500])('gives a %i as it is', async (status) => {
    const headers = { 'Retry-After': '7' };
    upstream.use(http.get(`${origin}/`, () => new HttpResponse(null, { status, headers })));
    const response = await transportTo({ origin }).handle(httpRequest(origin));
    expect([response.status, response.headers['retry-after'], response.body.byteLength]).toEqual([status, '7', 0]);
  });

  it('does not follow redirects by itself', async () => {
    upstream.use(http.get(`${origin}/`, () => HttpResponse.redirect(`${origin}/next`, 302)));
    const response = await transportTo({ origin }).handle(httpRequest(origin));
    expect([response.status, response.headers['location']]).toEqual([302, `${origin}/next`]);
  });

  it('posts a body', async () => {
    upstream.use(http.post(`${origin}/`, async ({ request }) => HttpResponse.text(await request.text())));
    const response = await transportTo({ origin }).handle(httpRequest(origin, { method: 'POST', body: '{"page":2}' }));
    expect(textOf(response)).toBe('{"page":2}');
  });

  it('takes a network failure for a retryable network_error', async () => {
    upstream.use(http.get(`${origin}/`, () => HttpResponse.error()));
    expect(await failureOf(transportTo({ origin }).handle(httpRequest(origin)))).toMatchObject({
      code: 'network_error',
      retryable: true,
      url: `${origin}/`,
    });
  });
});

describe('over real sockets', () => {
  it('tells its phases in order', async () => {
    const server = await keep(faultServer((socket) => socket.write(responseText('body'))));
    const phases: RequestPhase[] = [];
    await transportTo(server).handle(httpRequest(server.origin, { onPhase: (phase) => phases.push(phase) }));
    expect(phases).toEqual(['sent', 'headers', 'data']);
  });

  it('decodes, and gives a body in a buffer of exactly its size', async () => {
    const body = gzipSync('x'.repeat(50_000));
    const server = await keep(httpServer((_, response) => response.setHeader('content-encoding', 'gzip').end(body)));
    const response = await transportTo(server).handle(httpRequest(server.origin));
    expect([response.body.byteLength, response.body.buffer.byteLength]).toEqual([50_000, 50_000]);
  });

  it.each([
    ['a bomb', 'gzip', gzipSync(Buffer.alloc(10_000_000)), 'body_too_large', false],
    ['something that is not gzip', 'gzip', Buffer.from('plain'), 'network_error', true],
    ['an encoding it does not know', 'zstd', Buffer.from('zzz'), 'unsupported_encoding', false],
    ['a body over the limit', 'identity', Buffer.alloc(200_000), 'body_too_large', false],
  ])('refuses %s', async (_, encoding, body, code, retryable) => {
    const server = await keep(
      httpServer((_request, response) => response.setHeader('content-encoding', encoding).end(body)),
    );
    const failure = await failureOf(transportTo(server).handle(httpRequest(server.origin)));
    expect(failure).toMatchObject({ code, retryable });
  });

  it.each([
    ['a reset before the headers', ''],
    ['a reset within the body', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'],
    ['something that is not HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ])('takes %s for a retryable network_error', async (_, sent) => {
    const server = await keep(faultServer((socket) => socket.write(sent, () => socket.resetAndDestroy())));
    const failure = await failureOf(transportTo(server).handle(httpRequest(server.origin)));
    expect(failure).toMatchObject({ code: 'network_error', retryable: true });
  });

  it('takes a refused connection for a retryable network_error', async () => {
    const origin = `http://127.0.0.1:${await closedPort()}`;
    const failure = await failureOf(transportTo({ origin }).handle(httpRequest(origin)));
    expect(failure).toMatchObject({ code: 'network_error', retryable: true });
    expect(failure.message).toContain('ECONNREFUSED');
  });

  it('refuses another origin, and leaves credentials in a URL out of the request', async () => {
    const server = await keep(faultServer((socket) => socket.write(responseText('ok'))));
    const transport = transportTo(server);
    expect((await failureOf(transport.handle(httpRequest('http://127.0.0.1:1/')))).code).toBe('cross_origin');
    const url = server.origin.replace('http://', 'http://user:pw@');
    await expect(transport.handle(httpRequest(url))).resolves.toMatchObject({ status: 200 });
    expect(server.heads[0]).not.toMatch(/pw/);
  });

  it('ends running requests on an abort, with its reason, and on close', async () => {
    const server = await keep(faultServer(() => undefined));
    const transport = transportTo(server);
    const controller = new AbortController();
    const aborted = failureOf(transport.handle(httpRequest(server.origin, { signal: controller.signal })));
    const closed = failureOf(transport.handle(httpRequest(server.origin)));
    await until(() => server.heads.length === 2, 'both requests arrive');
    const reason = new SluiceError('interrupted', 'stop');
    controller.abort(reason);
    expect(await aborted).toBe(reason);
    await transport.close();
    expect((await closed).code).toBe('aborted');
    await until(() => server.asked === 0, 'no connection is left');
    expect((await failureOf(transport.handle(httpRequest(server.origin)))).code).toBe('aborted');
  });
});
