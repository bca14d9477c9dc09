import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import { queryObjects } from 'node:v8';
import { afterEach, describe, expect, it } from 'vitest';
import { createUndiciTransport } from '../../../../core/http/transports/undici.ts';
import { fullServer, httpServer, until } from '../../../support/fault-server.ts';
import { failureOf, httpRequest } from '../../../support/http.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const options = { connections: 1, connectMs: 60_000, maxHeaderBytes: 16_384, maxBodyBytes: 100_000 };

/** Sockets that something still holds, after a collection. */
function liveSockets(): number {
  return queryObjects(Socket, { format: 'count' });
}

describe('connections that the upstream closes', () => {
  it('leave nothing behind', async () => {
    const server = await httpServer((_, response) => response.setHeader('connection', 'close').end('[]'));
    cleanups.push(() => server.close());
    const transport = createUndiciTransport({ origin: server.origin, ...options });
    cleanups.push(() => transport.close());
    const ask = () => transport.handle(httpRequest(`${server.origin}/items`));
    await ask();
    const before = liveSockets();
    for (let index = 0; index < 100; index += 1) await ask();
    expect(liveSockets() - before).toBeLessThan(20);
  });
});

describe('connections that nobody accepts', () => {
  it('are given up with the transport, long before their time is over', async () => {
    const server = await fullServer();
    cleanups.push(() => server.close());
    const made: Socket[] = [];
    const note = (message: unknown): void => void made.push((message as { readonly socket: Socket }).socket);
    subscribe('net.client.socket', note);
    cleanups.push(() => unsubscribe('net.client.socket', note));
    const transport = createUndiciTransport({ origin: server.origin, ...options });
    const failure = failureOf(transport.handle(httpRequest(server.origin)));
    await until(() => made.some(({ connecting }) => connecting), 'it connects');
    await transport.close();
    expect(await failure).toMatchObject({ code: 'aborted' });
    expect(made.map(({ destroyed }) => destroyed)).toEqual([true]);
    expect(await failureOf(transport.handle(httpRequest(server.origin)))).toMatchObject({ code: 'aborted' });
  });
});
