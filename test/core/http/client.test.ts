import { afterEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../core/contracts/events.ts';
import type { Handler, HttpRequest, TransportOptions } from '../../../core/contracts/http.ts';
import type { UnknownBody } from '../../../core/contracts/json.ts';
import { SluiceError } from '../../../core/errors.ts';
import type { SendMemory } from '../../../core/contracts/resilience.ts';
import { createSourceClient } from '../../../core/http/client.ts';
import { createSourceLimits } from '../../../core/http/source-limits.ts';
import { createUndiciTransport } from '../../../core/http/transports/undici.ts';
import { systemClock } from '../../../core/system-clock.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { faultServer, responseText } from '../../support/fault-server.ts';
import { failureOf, httpRequest, httpResponse } from '../../support/http.ts';
import { resolvedSource } from '../../support/resolved-source.ts';

const origin = 'http://shop.test';

/** A client over a transport that answers by `upstream`, on a clock that a test moves. */
function clientOver(upstream: Handler, change: Parameters<typeof resolvedSource>[1] = {}) {
  const clock = fakeClock();
  const events: RunEvent[] = [];
  const sent: { at: number; request: HttpRequest }[] = [];
  const asked: TransportOptions[] = [];
  let closed = 0;
  const client = createSourceClient({
    source: resolvedSource(change.baseUrl ?? origin, change),
    transportFactory: (options) => {
      asked.push(options);
      return {
        async handle(request) {
          request.onPhase?.('sent');
          sent.push({ at: clock.now(), request });
          return upstream(request);
        },
        async close() {
          closed += 1;
        },
      };
    },
    clock,
    random: () => 0.5,
    emit: (event) => events.push(event),
  });
  const types = (): string[] => events.map(({ type }) => type);
  return { client, clock, events, types, sent, asked, closed: () => closed };
}

const unwell = async (): Promise<never> => {
  throw new SluiceError('network_error', 'ECONNRESET: reset', { retryable: true });
};

describe('createSourceClient', () => {
  it('asks for a transport to the origin with a connection for each slot', async () => {
    const { asked, client, closed } = clientOver(async () => httpResponse(), {
      baseUrl: `${origin}/api/v1`,
      concurrency: 7,
    });
    expect(asked).toEqual([
      { origin, connections: 7, connectMs: 1000, maxHeaderBytes: 16_384, maxBodyBytes: 1_000_000 },
    ]);
    await client.close();
    expect(closed()).toBe(1);
  });

  it('goes by the memory of its last sends, and closes it after the transport', async () => {
    const order: string[] = [];
    const clock = fakeClock();
    const source = resolvedSource(origin, { rateLimit: { requests: 2, perMs: 1000 } });
    const memory: SendMemory = {
      sends: [{ ageMs: 300, count: 2 }],
      pauseMs: 0,
      granted() {
        order.push('granted');
        return { sent: () => void order.push('sent'), released: () => void order.push('released') };
      },
      paused: () => undefined,
      close: () => void order.push('memory closed'),
    };
    const client = createSourceClient({
      source,
      transportFactory: () => ({
        async handle(request) {
          order.push('write');
          request.onPhase?.('sent');
          return httpResponse();
        },
        close: async () => void order.push('transport closed'),
      }),
      clock,
      random: () => 0.5,
      emit: () => undefined,
      limits: createSourceLimits({ source, clock, memory }),
    });
    const start = clock.now();
    await clock.run(client.handle(httpRequest(origin)));
    expect(clock.now() - start).toBe(720);
    await client.close();
    expect(order).toEqual(['granted', 'write', 'sent', 'sent', 'transport closed', 'memory closed']);
  });

  it('sends its own headers, the source over them, and those of the request over both, in one spelling', async () => {
    const { client, sent } = clientOver(async () => httpResponse(), {
      headers: { 'X-Key': 'source', 'X-Other': 'o', 'User-Agent': 'mine' },
    });
    await client.handle(httpRequest(origin, { headers: { 'x-KEY': 'request' } }));
    const expected = { accept: 'application/json', 'user-agent': 'mine', 'x-key': 'request', 'x-other': 'o' };
    expect(sent[0]?.request.headers).toEqual(expected);
    const plain = clientOver(async () => httpResponse());
    await plain.client.handle(httpRequest(origin));
    expect(plain.sent[0]?.request.headers['user-agent']).toMatch(/^sluice\/\d+\.\d+\.\d+/);
  });

  it('sends credentials of the base URL as a header', async () => {
    const { client, sent } = clientOver(async () => httpResponse(), { baseUrl: 'http://us%40er:p%ss@shop.test' });
    await client.handle(httpRequest(origin));
    const expected = `Basic ${Buffer.from('us@er:p%ss').toString('base64')}`;
    expect(sent[0]?.request.headers['authorization']).toBe(expected);
  });

  it('retries with events for each attempt and each retry, and says how many attempts it took', async () => {
    let calls = 0;
    const { client, clock, types, events } = clientOver(async () => {
      calls += 1;
      return calls < 3 ? httpResponse({ status: 500 }) : httpResponse({ body: new Uint8Array(3) });
    });
    const response = await clock.run(client.handle(httpRequest(`${origin}/?token=t`)));
    expect(response.attempts).toBe(3);
    expect(types()).toEqual(['attempt', 'retry', 'attempt', 'retry', 'attempt']);
    expect(events[1]).toMatchObject({ source: 'shop', key: 'page-1', attempt: 2, delayMs: 50, error: 'http_500' });
    expect(events[4]).toMatchObject({ url: `${origin}/?token=***`, attempt: 3, status: 200, bytes: 3 });
  });

  it('gives each attempt and each redirect hop a token of its own, and waits for none twice', async () => {
    const { client, clock, sent, events } = clientOver(
      async ({ url }) =>
        url.pathname === '/new' ? httpResponse() : httpResponse({ status: 301, headers: { location: '/new' } }),
      { rateLimit: { requests: 2, perMs: 1000 } },
    );
    await clock.run(Promise.all([client.handle(httpRequest(origin)), client.handle(httpRequest(origin))]));
    expect(sent.map(({ at }) => at - (sent[0]?.at ?? 0))).toEqual([0, 0, 1020, 1020]);
    const waits = events.filter(({ type }) => type === 'limiter-wait');
    expect(waits).toMatchObject([{ ms: 1020 }, { ms: 1020 }]);
  });

  it('does not count the wait for slot and token as time of the attempt', async () => {
    const { client, clock, events } = clientOver(async () => httpResponse(), {
      rateLimit: { requests: 1, perMs: 60_000 },
      timeouts: { connectMs: 10, headersMs: 10, bodyMs: 10, attemptMs: 10 },
    });
    await client.handle(httpRequest(origin));
    await expect(clock.run(client.handle(httpRequest(origin)))).resolves.toMatchObject({ status: 200 });
    const attempts = events.filter((event) => event.type === 'attempt');
    expect(attempts.map(({ ms }) => ms)).toEqual([0, 0]);
  });

  it('opens the breaker on a dead upstream, after which no request spends a token', async () => {
    const { client, clock, sent, events } = clientOver(unwell, { rateLimit: { requests: 100, perMs: 1000 } });
    const failed = (): Promise<SluiceError> => failureOf(client.handle(httpRequest(origin)));
    expect(await clock.run(failed())).toMatchObject({ code: 'network_error', attempts: 4 });
    expect(await clock.run(failed())).toMatchObject({ code: 'circuit_open' });
    expect(sent).toHaveLength(5);
    expect(await failed()).toMatchObject({ code: 'circuit_open' });
    expect(sent).toHaveLength(5);
    expect(client.breaker.state).toBe('open');
    expect(events.filter(({ type }) => type === 'breaker')).toMatchObject([{ from: 'closed', to: 'open' }]);
  });

  it('pauses the whole source on a 429, once for all requests in flight, and the breaker stays closed', async () => {
    let calls = 0;
    const headers = { 'retry-after': '3' };
    const { client, clock, sent, events } = clientOver(async () => {
      calls += 1;
      return calls <= 3 ? httpResponse({ status: 429, headers }) : httpResponse();
    });
    const work = [1, 2, 3].map(() => client.handle(httpRequest(origin)));
    await clock.run(Promise.all(work));
    expect(sent.slice(3).every(({ at }) => at - (sent[0]?.at ?? 0) >= 3000)).toBe(true);
    expect(events.filter(({ type }) => type === 'limiter-paused')).toMatchObject([{ ms: 3000, source: 'shop' }]);
    expect(client.breaker.state).toBe('closed');
  });

  it('tries again what a rule of the source refuses, and counts it against the breaker', async () => {
    const plugin = {
      ...resolvedSource(origin).plugin,
      responseActions: [{ status: 200, body: (body: UnknownBody) => body['ok'] === false, action: 'retry' }],
    } as const;
    let calls = 0;
    const { client, clock, types } = clientOver(
      async () => httpResponse({ body: new TextEncoder().encode(`{"ok":${++calls > 2}}`) }),
      { plugin, breaker: { ...resolvedSource(origin).breaker, failures: 3 } },
    );
    expect(await clock.run(client.handle(httpRequest(origin)))).toMatchObject({ attempts: 3 });
    expect(types()).toEqual(['attempt', 'retry', 'attempt', 'retry', 'attempt']);
    calls = -10;
    expect(await clock.run(failureOf(client.handle(httpRequest(origin))))).toMatchObject({
      code: 'circuit_open',
      attempts: 3,
      cause: { code: 'response_refused', status: 200 },
    });
  });

  it('runs at most so many requests at once as there are slots', async () => {
    let running = 0;
    let most = 0;
    const { client, clock } = clientOver(
      async () => {
        most = Math.max(most, ++running);
        await clock.advance(0);
        running -= 1;
        return httpResponse();
      },
      { concurrency: 3, rateLimit: { requests: 1000, perMs: 1000 } },
    );
    await clock.run(Promise.all(Array.from({ length: 20 }, () => client.handle(httpRequest(origin)))));
    expect(most).toBe(3);
  });

  it('rejects with the reason of an abort wherever the request is', async () => {
    const reason = new SluiceError('interrupted', 'stop');
    const controller = new AbortController();
    const { client, clock, types } = clientOver(async () => httpResponse({ status: 500 }), {
      concurrency: 1,
      rateLimit: { requests: 1, perMs: 60_000 },
    });
    // The first is in backoff or waits for a token, the second for a token or a slot.
    const work = [1, 2].map(() => failureOf(client.handle(httpRequest(origin, { signal: controller.signal }))));
    await clock.advance(5000);
    controller.abort(reason);
    expect(await Promise.all(work)).toEqual([reason, reason]);
    expect(types().filter((type) => type === 'attempt')).toHaveLength(1);
    expect(clock.timers).toBe(0);
  });
});

describe('over real sockets', () => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  it('gets a page from an upstream that first resets, then redirects, then sends half a body', async () => {
    const server = await faultServer((socket, head, index) => {
      if (index === 0) socket.resetAndDestroy();
      else if (head.startsWith('GET /old')) socket.write(responseText('', ['location: /new'], '302 Found'));
      else if (index === 2) socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf');
      else socket.write(responseText('[1]'));
    });
    cleanups.push(() => server.close());
    const attempts: RunEvent[] = [];
    const client = createSourceClient({
      source: resolvedSource(server.origin, {
        retry: { retries: 3, baseMs: 2, maxMs: 5 },
        rateLimit: { requests: 100, perMs: 1000 },
      }),
      transportFactory: createUndiciTransport,
      clock: systemClock,
      random: Math.random,
      emit: (event) => event.type === 'attempt' && attempts.push(event),
    });
    cleanups.push(() => client.close());
    const response = await client.handle(httpRequest(`${server.origin}/old`));
    expect(response).toMatchObject({ status: 200, attempts: 3, url: `${server.origin}/new` });
    expect(attempts.map((event) => ('status' in event ? event.status : 'error' in event && event.error))).toEqual([
      'network_error',
      302,
      'network_error',
      302,
      200,
    ]);
  });
});
