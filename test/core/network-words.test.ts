import { createServer } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { classify } from '../../core/errors.ts';

/** What a connection fails by, as the system tells it. */
async function failureOf(socket: NodeJS.EventEmitter): Promise<unknown> {
  const [error] = await once(socket, 'error').catch((thrown: unknown) => [thrown]);
  return error;
}

describe('a connection that fails', () => {
  it('is told by whom it was to reach: nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const { code, message, retryable } = classify(await failureOf(connect(port, '127.0.0.1')));
    expect({ code, message, retryable }).toEqual({
      code: 'network_error',
      message: `ECONNREFUSED: nobody listens at 127.0.0.1:${port}`,
      retryable: true,
    });
  });

  it('names the first of several addresses', () => {
    const each = { code: 'ECONNREFUSED', address: '::1', port: 4001 };
    const all = Object.assign(new AggregateError([each], ''), { code: 'ECONNREFUSED' });
    expect(classify(all).message).toBe('ECONNREFUSED: nobody listens at [::1]:4001');
  });

  it('names what has no address', () => {
    const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND a.test'), { code: 'ENOTFOUND', hostname: 'a.test' });
    expect(classify(unknown).message).toBe('ENOTFOUND: the name a.test is not known');
    const away = Object.assign(new Error('getaddrinfo EAI_AGAIN a.test'), { code: 'EAI_AGAIN', hostname: 'a.test' });
    expect(classify(away).message).toBe('EAI_AGAIN: no name server could be asked for a.test');
  });

  it('guesses at http: where no TLS is spoken, without what OpenSSL says', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { message } = classify(await failureOf(connectTls(port, '127.0.0.1')));
    server.close();
    expect(message).toBe(
      'ERR_SSL_WRONG_VERSION_NUMBER: what answers there speaks no TLS: is the URL to begin with http:?',
    );
  });

  it('keeps the message of any other', () => {
    expect(classify(Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' })).message).toBe(
      'UND_ERR_SOCKET: other side closed',
    );
    expect(classify(Object.assign(new Error(''), { code: 'ECONNREFUSED' })).message).toBe(
      'ECONNREFUSED: connection failed',
    );
  });
});
