import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../../core/contracts/http.ts';
import { SluiceError } from '../../../../core/errors.ts';
import { timeout } from '../../../../core/http/middleware/timeout.ts';
import { createUndiciTransport } from '../../../../core/http/transports/undici.ts';
import { systemClock } from '../../../../core/system-clock.ts';
import { fakeClock, settle } from '../../../support/fake-clock.ts';
import { faultServer, until } from '../../../support/fault-server.ts';
import { failureOf, hangingHandler, httpRequest, httpResponse } from '../../../support/http.ts';

const settings = { connectMs: 1000, headersMs: 2000, bodyMs: 500, attemptMs: 5000 };
const url = 'http://a.test/x?token=secret';

/** A timeout around work that hangs, and the hands to tell how far it got. */
function attempt(change: Partial<typeof settings> = {}) {
  const clock = fakeClock();
  const hanging = hangingHandler();
  const failure = failureOf(timeout({ settings: { ...settings, ...change }, clock })(hanging.handle)(httpRequest(url)));
  const inner = hanging.requests[0];
  if (inner?.onPhase === undefined) throw new Error('the request did not come through');
  return { clock, inner, phase: inner.onPhase, failure };
}

describe('an attempt that takes too long', () => {
  it('to connect ends after connectMs', async () => {
    const { clock, inner, failure } = attempt();
    await clock.advance(999);
    expect(inner.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(inner.signal.aborted).toBe(true);
    const error = await failure;
    expect(error).toMatchObject({ code: 'timeout', retryable: true, url: 'http://a.test/x?token=***' });
    expect(error.message).toBe('no connection within 1000 ms');
    expect(inner.signal.reason).toBe(error);
  });

  it('to answer ends headersMs after the request was sent', async () => {
    const { clock, phase, inner, failure } = attempt();
    await clock.advance(900);
    phase('sent');
    await clock.advance(1999);
    expect(inner.signal.aborted).toBe(false);
    await clock.advance(1);
    expect((await failure).message).toBe('no response headers within 2000 ms');
  });

  it('to answer ends in time also where headersMs is shorter than what was left to connect', async () => {
    const { clock, phase, failure } = attempt({ headersMs: 10 });
    phase('sent');
    await clock.advance(10);
    expect((await failure).message).toBe('no response headers within 10 ms');
  });

  it('between two pieces of the body ends bodyMs after the last', async () => {
    const { clock, phase, inner, failure } = attempt();
    phase('sent');
    phase('headers');
    for (let piece = 0; piece < 5; piece++) {
      await clock.advance(499);
      phase('data');
    }
    await clock.advance(499);
    expect(inner.signal.aborted).toBe(false);
    await clock.advance(1);
    expect((await failure).message).toBe('no data for 500 ms');
  });

  it('altogether ends after attemptMs, however steadily it drips', async () => {
    const { clock, phase, failure, inner } = attempt();
    phase('sent');
    phase('headers');
    for (let passed = 0; passed < 4900; passed += 100) {
      await clock.advance(100);
      phase('data');
    }
    expect(inner.signal.aborted).toBe(false);
    await clock.advance(100);
    expect((await failure).message).toBe('not done within 5000 ms');
  });

  it('is answered for even where the work ignores its signal', async () => {
    const clock = fakeClock();
    const deaf = timeout({ settings, clock })(() => new Promise(() => undefined));
    const failure = failureOf(deaf(httpRequest(url)));
    await clock.advance(1000);
    expect((await failure).code).toBe('timeout');
  });
});

describe('an attempt in time', () => {
  it('passes response and failure through, and leaves no timer', async () => {
    const clock = fakeClock();
    const response = httpResponse();
    await expect(timeout({ settings, clock })(async () => response)(httpRequest(url))).resolves.toBe(response);
    const error = new SluiceError('network_error', 'reset', { retryable: true });
    expect(await failureOf(timeout({ settings, clock })(() => Promise.reject(error))(httpRequest(url)))).toBe(error);
    await settle();
    expect(clock.timers).toBe(0);
  });

  it('tells the phases further out', async () => {
    const phases: string[] = [];
    const handler = timeout({ settings, clock: fakeClock() })(async (request) => {
      for (const phase of ['sent', 'headers', 'data'] as const) request.onPhase?.(phase);
      return httpResponse();
    });
    await handler(httpRequest(url, { onPhase: (phase) => phases.push(phase) }));
    expect(phases).toEqual(['sent', 'headers', 'data']);
  });

  it('has one timer at a time, however many pieces come', async () => {
    const { clock, phase } = attempt();
    phase('sent');
    phase('headers');
    for (let piece = 0; piece < 1000; piece++) phase('data');
    expect(clock.timers).toBe(1);
  });

  it('leaves no listener behind on a signal that outlives thousands of requests', async () => {
    const { signal } = new AbortController();
    const handler = timeout({ settings, clock: fakeClock() })(async () => httpResponse());
    for (let index = 0; index < 3000; index++) await handler(httpRequest(url, { signal }));
    expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(1);
  });
});

describe('an abort from outside', () => {
  it('reaches the work with its reason and rejects with it', async () => {
    const controller = new AbortController();
    const hanging = hangingHandler();
    const clock = fakeClock();
    const request = httpRequest(url, { signal: controller.signal });
    const failure = failureOf(timeout({ settings, clock })(hanging.handle)(request));
    const reason = new SluiceError('deadline_exceeded', 'the deadline came');
    controller.abort(reason);
    expect(await failure).toBe(reason);
    expect(hanging.requests[0]?.signal.reason).toBe(reason);
    await settle();
    expect(clock.timers).toBe(0);
  });
});

describe('on real sockets', () => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });
  const short = { connectMs: 5000, headersMs: 5000, bodyMs: 5000, attemptMs: 5000 };

  it.each([
    ['a TLS handshake that is never answered', { connectMs: 40 }, 'no connection within 40 ms', []],
    ['headers that never come', { headersMs: 40 }, 'no response headers within 40 ms', []],
    [
      'headers that drip',
      { headersMs: 60 },
      'no response headers within 60 ms',
      ['HTTP/1.1 200 OK\r\n', ...Array.from({ length: 200 }, (_, index) => `x-${index}: y\r\n`)],
    ],
    ['a body that stalls', { bodyMs: 40 }, 'no data for 40 ms', ['HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf']],
    [
      'a body that drips faster than the idle limit for ever',
      { bodyMs: 2000, attemptMs: 120 },
      'not done within 120 ms',
      ['HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n', ...Array.from({ length: 200 }, () => 'x')],
    ],
  ] as const)('%s: timeout, and the connection is closed', async (title, change, message, pieces) => {
    const server = await faultServer((socket) => {
      let next = 0;
      const drip = setInterval(() => {
        const piece = pieces[next++];
        if (piece === undefined || socket.destroyed) clearInterval(drip);
        else socket.write(piece);
      }, 5);
    });
    cleanups.push(() => server.close());
    const origin = title.includes('TLS') ? `https://127.0.0.1:${server.port}` : server.origin;
    const transport = createUndiciTransport({
      origin,
      connections: 1,
      connectMs: 5000,
      maxHeaderBytes: 16_384,
      maxBodyBytes: 10_000,
    });
    cleanups.push(() => transport.close());
    const handler = timeout({ settings: { ...short, ...change }, clock: systemClock })(transport.handle);
    const request: HttpRequest = httpRequest(origin);
    expect(await failureOf(handler(request))).toMatchObject({ code: 'timeout', retryable: true, message });
    if (!title.includes('TLS')) await until(() => server.asked === 0, 'the connection is gone');
  });
});
