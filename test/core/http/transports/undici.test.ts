import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';
import { isIP, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { buildConnector, Client } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import type { RequestPhase, Transport, TransportOptions } from '../../../../core/contracts/http.ts';
import { SluiceError } from '../../../../core/errors.ts';
import type { Resolver } from '../../../../core/http/transports/guarded-lookup.ts';
import { createUndiciTransport } from '../../../../core/http/transports/undici.ts';
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

function transportTo(server: { readonly origin: string }, options: Partial<TransportOptions> = {}): Transport {
  const transport = createUndiciTransport({
    origin: server.origin,
    connections: 4,
    connectMs: 5000,
    maxHeaderBytes: 16_384,
    maxBodyBytes: 100_000,
    ...options,
  });
  cleanups.push(() => transport.close());
  return transport;
}

async function keep(server: Promise<FaultServer>): Promise<FaultServer> {
  const started = await server;
  cleanups.push(() => started.close());
  return started;
}

const answering = (text: string): Promise<FaultServer> => keep(faultServer((socket) => socket.write(text)));

it('the two files that are loaded in the place of the whole package are what it exports', () => {
  const require = createRequire(import.meta.url);
  expect(require('undici/lib/dispatcher/client.js')).toBe(Client);
  expect(require('undici/lib/core/connect.js')).toBe(buildConnector);
});

describe('a response', () => {
  it('comes with its status, lower-case headers and the whole body', async () => {
    const server = await answering(responseText('{"a":1}', ['Content-Type: application/json', 'X-Total-Count: 7']));
    const response = await transportTo(server).handle(httpRequest(`${server.origin}/products?limit=20&skip=0`));
    expect(response).toMatchObject({ status: 200, url: `${server.origin}/products?limit=20&skip=0` });
    expect(response.headers).toMatchObject({ 'content-type': 'application/json', 'x-total-count': '7' });
    expect(textOf(response)).toBe('{"a":1}');
    expect(server.heads[0]).toMatch(/^GET \/products\?limit=20&skip=0 HTTP\/1\.1\r\n/);
  });

  it('joins a header that came twice, and takes one called __proto__ for a header', async () => {
    const server = await answering(responseText('', ['x-a: 1', 'X-A: 2', '__proto__: evil', 'constructor: c']));
    const { headers } = await transportTo(server).handle(httpRequest(server.origin));
    expect(headers['x-a']).toBe('1, 2');
    expect(headers['__proto__']).toBe('evil');
    expect(headers['constructor']).toBe('c');
    expect(({} as Record<string, unknown>)['evil']).toBeUndefined();
  });

  it.each(['204 No Content', '304 Not Modified'])('with %s has an empty body', async (status) => {
    const server = await answering(`HTTP/1.1 ${status}\r\ncontent-encoding: gzip\r\n\r\n`);
    const response = await transportTo(server).handle(httpRequest(server.origin));
    expect(response.status).toBe(Number(status.slice(0, 3)));
    expect(response.body.byteLength).toBe(0);
  });

  it('passes over informational responses', async () => {
    const server = await answering(`HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${responseText('ok')}`);
    const response = await transportTo(server).handle(httpRequest(server.origin));
    expect([response.status, textOf(response), response.headers['link']]).toEqual([200, 'ok', undefined]);
  });

  it('has its body in memory of its own, which holds little else', async () => {
    const text = 'x'.repeat(50_000);
    const server = await keep(
      httpServer((request, response) => {
        if (request.url === '/length') response.setHeader('content-length', text.length).end(text);
        else if (request.url === '/gzip') response.setHeader('content-encoding', 'gzip').end(gzipSync(text));
        else response.write(text.slice(0, 100), () => response.end(text.slice(100)));
      }),
    );
    const transport = transportTo(server);
    for (const path of ['/length', '/chunked', '/gzip']) {
      const { body } = await transport.handle(httpRequest(server.origin + path));
      expect(body.byteLength).toBe(50_000);
      expect(body.buffer.byteLength).toBeLessThan(51_000);
      expect(structuredClone(body, { transfer: [body.buffer] }).byteLength).toBe(50_000);
      expect(body.byteLength).toBe(0);
    }
  });

  it('tells its phases in order, "sent" once undici has written the headers', async () => {
    const phases: string[] = [];
    const written = (): void => void phases.push('written');
    subscribe('undici:request:bodySent', written);
    cleanups.push(async () => void unsubscribe('undici:request:bodySent', written));
    const server = await answering(`HTTP/1.1 103 Early Hints\r\n\r\n${responseText('body')}`);
    await transportTo(server).handle(httpRequest(server.origin, { onPhase: (phase) => phases.push(phase) }));
    expect(phases).toEqual(['written', 'sent', 'headers', 'data']);
  });
});

describe('a request', () => {
  it('carries the given headers, says which encodings it takes, and keeps the connection', async () => {
    const server = await answering(responseText('ok'));
    const transport = transportTo(server, { connections: 1 });
    await transport.handle(httpRequest(server.origin, { headers: { 'x-key': 'k' } }));
    await transport.handle(httpRequest(server.origin, { method: 'POST', body: '{"page":2}' }));
    expect(server.heads[0]).toMatch(/accept-encoding: gzip, deflate, br\r\nx-key: k/);
    expect(server.heads[1]).toMatch(/^POST [\s\S]*content-length: 10/);
    expect(server.accepted).toBe(1);
  });

  it('for another origin is refused before anything is sent', async () => {
    const server = await answering(responseText('ok'));
    const failure = await failureOf(transportTo({ origin: 'http://127.0.0.1:1' }).handle(httpRequest(server.origin)));
    expect(failure).toMatchObject({ code: 'cross_origin', retryable: false });
    expect(server.accepted).toBe(0);
  });

  it('goes out on a new connection when the server has closed the idle one', async () => {
    const server = await keep(faultServer((socket) => socket.end(responseText('ok'))));
    const transport = transportTo(server, { connections: 1 });
    await transport.handle(httpRequest(server.origin));
    await until(() => server.open === 0, 'the server closes');
    await expect(transport.handle(httpRequest(server.origin))).resolves.toMatchObject({ status: 200 });
  });

  it('that meets a keep-alive connection dying under it fails as retryable', async () => {
    const server = await keep(
      faultServer((socket, _, index) => {
        if (index === 0) socket.write(responseText('ok'));
        else socket.resetAndDestroy();
      }),
    );
    const transport = transportTo(server, { connections: 1 });
    await transport.handle(httpRequest(server.origin));
    const failure = await failureOf(transport.handle(httpRequest(server.origin)));
    expect(failure).toMatchObject({ code: 'network_error', retryable: true });
    expect(server.accepted).toBe(1);
  });
});

describe('a failure below HTTP is a retryable network_error:', () => {
  const faults: Record<string, string | ((socket: Socket) => void)> = {
    'a reset before the headers': (socket) => socket.resetAndDestroy(),
    'a close before the headers': (socket) => socket.end(),
    'a reset within the headers': (socket) => socket.write('HTTP/1.1 200 OK\r\nx-a:', () => socket.resetAndDestroy()),
    'a reset within the body': (socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', () => socket.resetAndDestroy()),
    'a body shorter than declared': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'),
    'a body shorter than declared, on a closing connection': (socket) =>
      socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 100\r\n\r\nhalf'),
    'a chunked body that is cut': (socket) =>
      socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n'),
    'a chunked body with a broken chunk size': (socket) =>
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'),
    'something that is not HTTP': (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
  };
  it.each(Object.entries(faults))('%s', async (_, fault) => {
    const server = await keep(faultServer((socket) => (typeof fault === 'string' ? socket.end(fault) : fault(socket))));
    const url = `${server.origin}/x?api_key=secret`;
    const failure = await failureOf(transportTo(server).handle(httpRequest(url)));
    expect(failure).toMatchObject({ code: 'network_error', retryable: true, url: `${server.origin}/x?api_key=***` });
    expect(failure.cause).toBeInstanceOf(Error);
    await until(() => server.asked === 0, 'the connection is gone');
  });

  it('a refused connection', async () => {
    const origin = `http://127.0.0.1:${await closedPort()}`;
    const failure = await failureOf(transportTo({ origin }).handle(httpRequest(origin)));
    expect(failure).toMatchObject({ code: 'network_error', retryable: true });
    expect(failure.message).toContain('ECONNREFUSED');
  });

  it('a host that is not known', async () => {
    const origin = 'http://no-such-host.invalid';
    const failure = await failureOf(transportTo({ origin }).handle(httpRequest(origin)));
    expect(failure).toMatchObject({ code: 'network_error', retryable: true });
    expect(failure.message).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });
});

describe('the headers of a response', () => {
  const withHeaders = (bytes: number): string => responseText('ok', [`x-long: ${'x'.repeat(bytes)}`]);

  it('over the limit are refused, and the connection with them', async () => {
    const server = await answering(withHeaders(16_384));
    const failure = await failureOf(transportTo(server).handle(httpRequest(`${server.origin}/x?api_key=secret`)));
    expect(failure).toMatchObject({
      code: 'headers_too_large',
      retryable: false,
      url: `${server.origin}/x?api_key=***`,
      message: 'the headers of the response are over maxHeaderBytes',
    });
    await until(() => server.asked === 0, 'the connection is gone');
  });

  it('over it by their number are refused as well', async () => {
    const server = await answering(
      responseText(
        'ok',
        Array.from({ length: 2_000 }, (_, index) => `x-${index}: xxxxxxxx`),
      ),
    );
    const failure = await failureOf(transportTo(server).handle(httpRequest(server.origin)));
    expect(failure.code).toBe('headers_too_large');
  });

  it('may be as long as the limit says', async () => {
    const server = await answering(withHeaders(50_000));
    const transport = transportTo(server, { maxHeaderBytes: 60_000 });
    await expect(transport.handle(httpRequest(server.origin))).resolves.toMatchObject({ status: 200 });
  });
});

describe('a body over the limit', () => {
  it('is refused by its declared length before any of it is read', async () => {
    const server = await answering('HTTP/1.1 200 OK\r\ncontent-length: 100001\r\n\r\n');
    const failure = await failureOf(transportTo(server).handle(httpRequest(server.origin)));
    expect(failure).toMatchObject({ code: 'body_too_large', retryable: false });
    await until(() => server.asked === 0, 'the connection is gone');
  });

  it('is cut off where it gets too long without saying so', async () => {
    let written = 0;
    const server = await keep(
      httpServer((_, response) => {
        const piece = Buffer.alloc(10_000);
        const more = (): void => {
          if (response.destroyed || written > 50_000_000) return;
          written += piece.length;
          response.write(piece, more);
        };
        more();
      }),
    );
    const failure = await failureOf(transportTo(server).handle(httpRequest(server.origin)));
    expect(failure.code).toBe('body_too_large');
    await until(() => server.asked === 0, 'the connection is gone');
    expect(written).toBeLessThan(50_000_000);
  });

  it('is taken when it is exactly at the limit', async () => {
    const server = await answering(responseText('x'.repeat(100_000)));
    const response = await transportTo(server).handle(httpRequest(server.origin));
    expect(response.body.byteLength).toBe(100_000);
  });

  it('is refused when it only grows over it on decoding', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    const server = await keep(httpServer((_, response) => response.setHeader('content-encoding', 'gzip').end(bomb)));
    const failure = await failureOf(transportTo(server).handle(httpRequest(server.origin)));
    expect(failure).toMatchObject({ code: 'body_too_large', retryable: false, url: `${server.origin}/` });
  });
});

describe('an abort', () => {
  const reason = new SluiceError('interrupted', 'stopped by the user');

  it('before the request means that nothing is sent', async () => {
    const server = await answering(responseText('ok'));
    const request = httpRequest(server.origin, { signal: AbortSignal.abort(reason) });
    expect(await failureOf(transportTo(server).handle(request))).toBe(reason);
    expect(server.accepted).toBe(0);
  });

  it.each([
    ['while the headers are awaited', ''],
    ['within the headers', 'HTTP/1.1 200 OK\r\nx-a: 1\r\n'],
    ['within the body', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'],
  ])('%s rejects at once and closes the connection', async (_, sent) => {
    const controller = new AbortController();
    const server = await keep(faultServer((socket) => socket.write(sent)));
    const work = transportTo(server).handle(httpRequest(server.origin, { signal: controller.signal }));
    const failure = failureOf(work);
    await until(() => server.heads.length === 1, 'the request arrives');
    controller.abort(reason);
    expect(await failure).toBe(reason);
    await until(() => server.asked === 0, 'the connection is gone');
  });

  it('while connecting means that nothing is sent afterwards', async () => {
    const controller = new AbortController();
    const server = await answering(responseText('ok'));
    const phases: RequestPhase[] = [];
    const transport = transportTo(server);
    const work = transport.handle(
      httpRequest(server.origin, { signal: controller.signal, onPhase: (phase) => phases.push(phase) }),
    );
    // The connection is being made: the abort is there before the loop comes round to it.
    controller.abort(reason);
    expect(await failureOf(work)).toBe(reason);
    await expect(transport.handle(httpRequest(`${server.origin}/next`))).resolves.toMatchObject({ status: 200 });
    expect(server.heads.map((head) => head.split(' ')[1])).toEqual(['/next']);
    expect(phases).toEqual([]);
  });

  it('while queued behind another request means that nothing is sent afterwards', async () => {
    const controller = new AbortController();
    const waiting: Socket[] = [];
    const server = await keep(faultServer((socket) => waiting.push(socket)));
    const transport = transportTo(server, { connections: 1 });
    const first = transport.handle(httpRequest(`${server.origin}/first`));
    const second = transport.handle(httpRequest(`${server.origin}/second`, { signal: controller.signal }));
    await until(() => waiting.length === 1, 'the first request arrives');
    controller.abort(reason);
    expect(await failureOf(second)).toBe(reason);
    waiting[0]?.write(responseText('ok'));
    await expect(first).resolves.toMatchObject({ status: 200 });
    const third = transport.handle(httpRequest(`${server.origin}/third`));
    await until(() => waiting.length === 2, 'the third request arrives');
    waiting[1]?.write(responseText('ok'));
    await expect(third).resolves.toMatchObject({ status: 200 });
    expect(server.heads.map((head) => head.split(' ')[1])).toEqual(['/first', '/third']);
  });
});

describe('the host of the base URL', () => {
  /** Answers each lookup with the next of `answers`, the last for ever. */
  const resolving =
    (answers: readonly (readonly string[])[]): Resolver =>
    (_hostname, _options, callback) => {
      const addresses = (answers.length > 1 ? (answers as string[][]).shift() : answers[0]) ?? [];
      process.nextTick(() =>
        callback(
          null,
          addresses.map((address) => ({ address, family: isIP(address) })),
        ),
      );
    };

  function transportFor(port: number, answers: readonly (readonly string[])[]) {
    const origin = `http://shop.test:${port}`;
    const transport = createUndiciTransport(
      { origin, connections: 4, connectMs: 300, maxHeaderBytes: 16_384, maxBodyBytes: 1000 },
      resolving([...answers]),
    );
    cleanups.push(() => transport.close());
    return (path: string) => transport.handle(httpRequest(`${origin}${path}`));
  }

  it('may be a name that leads inside from the start', async () => {
    const server = await keep(faultServer((socket) => socket.end(responseText('ok'))));
    const ask = transportFor(server.port, [['127.0.0.1']]);
    await expect(ask('/1')).resolves.toMatchObject({ status: 200 });
    await expect(ask('/2')).resolves.toMatchObject({ status: 200 });
    expect(server.accepted).toBe(2);
  });

  it('that led outside is not connected to when it comes to lead inside', async () => {
    const server = await answering(responseText('the metadata service'));
    // Outside, and in a range that nobody has: the first attempt only shows where the name led.
    const ask = transportFor(server.port, [['4000::1'], ['127.0.0.1'], ['::ffff:127.0.0.1']]);
    expect((await failureOf(ask('/first'))).code).not.toBe('address_refused');
    for (const path of ['/second', '/third']) {
      const failure = await failureOf(ask(`${path}?token=t`));
      expect(failure).toMatchObject({
        code: 'address_refused',
        retryable: false,
        url: `http://shop.test:${server.port}${path}?token=***`,
      });
      expect(failure.message).toMatch(/shop\.test now leads to .*127\.0\.0\.1 \(loopback\), which it did not at first/);
    }
    expect(server.accepted).toBe(0);
  });
});

describe('close', () => {
  it('ends idle connections, running requests, and connections still being made', async () => {
    // Takes the connection and never answers the TLS handshake.
    const silent = await keep(faultServer(() => undefined));
    const secure = transportTo({ origin: `https://127.0.0.1:${silent.port}` });
    const handshake = failureOf(secure.handle(httpRequest(`https://127.0.0.1:${silent.port}`)));
    const server = await keep(faultServer((socket, head) => head.includes('/ok') && socket.write(responseText('ok'))));
    const transport = transportTo(server);
    await transport.handle(httpRequest(`${server.origin}/ok`));
    const hanging = failureOf(transport.handle(httpRequest(`${server.origin}/hangs`)));
    await until(() => server.heads.length === 2 && silent.open === 1, 'all are under way');
    await Promise.all([transport.close(), secure.close()]);
    expect((await hanging).code).toBe('aborted');
    expect((await handshake).code).toBe('aborted');
    await until(() => server.open === 0 && silent.open === 0, 'no connection is left');
    expect((await failureOf(transport.handle(httpRequest(server.origin)))).code).toBe('aborted');
  });
});

it('a connection that takes longer than connectMs is a retryable timeout', async () => {
  const silent = await keep(faultServer(() => undefined));
  const origin = `https://127.0.0.1:${silent.port}`;
  const failure = await failureOf(transportTo({ origin }, { connectMs: 30 }).handle(httpRequest(origin)));
  expect(failure).toMatchObject({ code: 'timeout', retryable: true });
  await until(() => silent.open === 0, 'the connection is gone');
});
