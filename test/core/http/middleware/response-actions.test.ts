import { describe, expect, test } from 'vitest';
import type { HttpResponse } from '../../../../core/contracts/http.ts';
import { responseActions } from '../../../../core/http/middleware/response-actions.ts';
import { longestPauseMs } from '../../../../core/http/rate-limit-headers.ts';
import { createSlidingLogLimiter } from '../../../../core/http/resilience/sliding-log-limiter.ts';
import { createStorm } from '../../../../core/http/resilience/source-pause.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { httpRequest, httpResponse, rejection } from '../support.ts';

const backoff = { baseMs: 100, maxMs: 1000 };

function actions(random = () => 1) {
  const clock = fakeClock();
  const limiter = createSlidingLogLimiter({ limits: [{ requests: 100, perMs: 1000 }], marginMs: 0, clock });
  const pauses: [ms: number, reason: string][] = [];
  const onPause = (ms: number, reason: string): void => void pauses.push([ms, reason]);
  const middleware = responseActions({ rules: [], limiter, clock, backoff, random, storm: createStorm(), onPause });
  /** Sends a request now; the returned function lets the response come, and says what became of it. */
  function send(response: HttpResponse): () => Promise<unknown> {
    let arrive: (response: HttpResponse) => void = () => undefined;
    const outcome = middleware((request) => {
      request.onPhase?.('sent');
      return new Promise<HttpResponse>((resolve) => (arrive = resolve));
    })(httpRequest()).catch((error: unknown) => error);
    return () => {
      arrive(response);
      return outcome;
    };
  }
  const ask = (status: number, headers?: Record<string, string>): Promise<unknown> =>
    send(httpResponse(status, headers))();
  return { clock, limiter, pauses, send, ask };
}

const inSeconds = (clock: { date(): number }, seconds: number): string =>
  String(Math.floor(clock.date() / 1000) + seconds);

describe('a response', () => {
  test.each([200, 201, 206])('of %i passes as it is', async (status) => {
    const { ask, pauses } = actions();
    expect(await ask(status)).toEqual(httpResponse(status));
    expect(pauses).toEqual([]);
  });

  test.each([408, 425, 500, 502, 503, 504])('of %i is an error worth another try', async (status) => {
    const { ask, pauses } = actions();
    expect(await ask(status)).toMatchObject({ code: `http_${status}`, status, retryable: true });
    expect(pauses).toEqual([]);
  });

  test.each([204, 205])('of %i, which says not whether that was all, is an error with the way out', async (status) => {
    expect(await actions().ask(status)).toMatchObject({
      code: `http_${status}`,
      status,
      retryable: true,
      message: expect.stringContaining(
        `; if its listing ends so, declare responseActions: [{ status: ${status}, action: 'end-of-pages' }]`,
      ),
    });
  });

  test('of 304 is an error for good: nothing was asked for under a condition', async () => {
    expect(await actions().ask(304, { etag: '"a"' })).toMatchObject({
      code: 'http_304',
      retryable: false,
      message: 'the upstream answered 304 (Not Modified)',
    });
  });

  test.each([300, 400, 401, 403, 404, 410, 418, 501, 505, 599])('of %i is an error for good', async (status) => {
    expect(await actions().ask(status)).toMatchObject({ code: `http_${status}`, status, retryable: false });
  });

  test('that is an error says so in words, with a redacted URL and nothing of the body', async () => {
    const { send } = actions();
    const body = new TextEncoder().encode('secret words');
    const error = await send({ ...httpResponse(404), url: 'https://u:p@upstream.test/x?api_key=abc', body })();
    expect(error).toMatchObject({
      message: 'the upstream answered 404 (Not Found)',
      url: 'https://upstream.test/x?api_key=***',
    });
  });

  test('passes phases on', async () => {
    const { clock, limiter } = actions();
    const phases: string[] = [];
    const middleware = responseActions({
      rules: [],
      limiter,
      clock,
      backoff,
      random: () => 1,
      storm: createStorm(),
      onPause: () => undefined,
    });
    await middleware(async (request) => {
      request.onPhase?.('sent');
      request.onPhase?.('headers');
      return httpResponse();
    })(httpRequest({ onPhase: (phase) => void phases.push(phase) }));
    expect(phases).toEqual(['sent', 'headers']);
  });
});

describe('a refusal', () => {
  test('pauses the whole source for as long as Retry-After says', async () => {
    const { ask, limiter, pauses } = actions();
    expect(await ask(429, { 'retry-after': '3' })).toMatchObject({
      code: 'rate_limited',
      status: 429,
      retryable: true,
      retryAfterMs: 3000,
      message: 'the upstream answered 429 (Too Many Requests) and asks for fewer requests; next in 3.0 s',
    });
    expect(limiter.pausedFor()).toBe(3000);
    expect(pauses).toEqual([[3000, 'status 429, now at most 50 per window']]);
  });

  test('believes the exact reset rather than the coarse Retry-After', async () => {
    const { ask, clock, limiter } = actions();
    const reset = inSeconds(clock, 4);
    await ask(429, { 'retry-after': '10', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset });
    expect(limiter.pausedFor()).toBe(Number(reset) * 1000 - clock.date());
  });

  test('counts from the clock of the upstream where the two disagree', async () => {
    const { ask, clock, limiter } = actions();
    const theirs = Math.floor(clock.date() / 1000) * 1000 - 3_600_000;
    await ask(429, { date: new Date(theirs).toUTCString(), 'x-ratelimit-reset': String(theirs / 1000 + 8) });
    expect(limiter.pausedFor()).toBe(8000);
  });

  test('by 503 is one only with a usable Retry-After', async () => {
    const { ask, limiter } = actions();
    expect(await ask(503, { 'retry-after': '0' })).toMatchObject({ code: 'http_503' });
    expect(limiter.pausedFor()).toBe(0);
    expect(await ask(503, { 'retry-after': '2' })).toMatchObject({ code: 'rate_limited', status: 503 });
    expect(limiter.pausedFor()).toBe(2000);
  });

  test.each(['0', '-1', 'soon', 'Thu, 01 Jan 1970 00:00:00 GMT'])(
    'with Retry-After %j falls back to backoff',
    async (value) => {
      const { ask, limiter } = actions();
      expect(await ask(429, { 'retry-after': value })).toMatchObject({ code: 'rate_limited' });
      expect(limiter.pausedFor()).toBe(backoff.baseMs);
    },
  );

  test('for a day is cut to the longest pause', async () => {
    const { ask, limiter } = actions();
    await ask(429, { 'retry-after': '86400' });
    expect(limiter.pausedFor()).toBe(longestPauseMs);
  });

  test('pauses for at least the base, whatever the jitter', async () => {
    const { ask, limiter } = actions(() => 0);
    await ask(429);
    expect(limiter.pausedFor()).toBe(backoff.baseMs);
  });
});

describe('a storm of refusals', () => {
  test('is one step, however many requests were under way', async () => {
    const { clock, send, ask, pauses } = actions();
    const storm = Array.from({ length: 8 }, () => send(httpResponse(429)));
    await clock.advance(10);
    await storm[0]?.();
    await clock.advance(20);
    await storm[1]?.();
    // Granted before the pause, sent within it.
    await ask(429);
    await clock.advance(500);
    for (const answer of storm.slice(2)) expect(await answer()).toMatchObject({ code: 'rate_limited' });
    expect(pauses).toEqual([[100, 'status 429, now at most 50 per window']]);
  });

  test('after the pause is the next step, until a success', async () => {
    const { clock, ask, limiter, pauses } = actions();
    for (let step = 0; step < 5; step++) {
      await ask(429);
      await clock.advance(limiter.pausedFor());
    }
    await ask(200);
    await ask(429);
    expect(pauses.map(([ms]) => ms)).toEqual([100, 200, 400, 800, 1000, 100]);
  });

  test('is not ended by a success that was under way before the pause', async () => {
    const { clock, send, ask, limiter, pauses } = actions();
    const early = send(httpResponse(200));
    await ask(429);
    await early();
    await clock.advance(limiter.pausedFor());
    await ask(429);
    expect(pauses.map(([ms]) => ms)).toEqual([100, 200]);
  });

  test('lengthens the pause where a later response asks for more, and tells of it only then', async () => {
    const { clock, send, limiter, pauses } = actions();
    const [first, second, third] = ['2', '2', '5'].map((seconds) =>
      send(httpResponse(429, { 'retry-after': seconds })),
    );
    await first?.();
    await clock.advance(20);
    await second?.();
    await third?.();
    expect(limiter.pausedFor()).toBe(5000);
    expect(pauses.map(([ms]) => ms)).toEqual([2000, 5000]);
  });

  test('is recognised by its arrival where the transport tells no phase', async () => {
    const { clock, limiter } = actions();
    const pauses: number[] = [];
    const onPause = (ms: number): void => void pauses.push(ms);
    const handler = responseActions({
      rules: [],
      limiter,
      clock,
      backoff,
      random: () => 1,
      storm: createStorm(),
      onPause,
    })(async () => httpResponse(429));
    await Promise.all([1, 2, 3].map(() => rejection(handler(httpRequest()))));
    await clock.advance(100);
    await rejection(handler(httpRequest()));
    expect(pauses).toEqual([100, 200]);
  });
});

describe('the limit of a window', () => {
  const words = (pauses: readonly [number, string][]): string[] => pauses.map(([, reason]) => reason);

  test('is lowered by each storm of 429s, until it is one', async () => {
    const { ask, clock, limiter, pauses } = actions();
    for (let storm = 0; storm < 9; storm++) {
      await ask(429, { 'retry-after': '1' });
      await clock.advance(limiter.pausedFor());
    }
    const told = [50, 25, 13, 7, 4, 2, 1].map((allowed) => `status 429, now at most ${allowed} per window`);
    expect(words(pauses)).toEqual([...told, 'status 429', 'status 429']);
  });

  test('is not lowered by a 429 to what was sent before the pause, though it comes after it', async () => {
    const { ask, send, clock, limiter, pauses } = actions();
    const late = send(httpResponse(429, { 'retry-after': '1' }));
    await ask(429);
    await clock.advance(limiter.pausedFor() + 500);
    await late();
    expect(words(pauses)).toEqual(['status 429, now at most 50 per window', 'status 429']);
  });

  test('is not lowered by a 503', async () => {
    const { ask, pauses } = actions();
    await ask(503, { 'retry-after': '1' });
    expect(words(pauses)).toEqual(['status 503']);
  });

  test('is lowered, and told, by a 429 within the pause of an exhausted window', async () => {
    const { ask, send, limiter, pauses } = actions();
    const second = send(httpResponse(429));
    await ask(200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4' });
    await second();
    expect(limiter.pausedFor()).toBe(4000);
    expect(pauses).toEqual([
      [4000, 'no requests left'],
      [4000, 'status 429, now at most 50 per window'],
    ]);
  });
});

describe('an exhausted window', () => {
  test('pauses the source until the reset, without an error', async () => {
    const { ask, limiter, pauses } = actions();
    expect(await ask(200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4' })).toMatchObject({ status: 200 });
    expect(limiter.pausedFor()).toBe(4000);
    expect(pauses).toEqual([[4000, 'no requests left']]);
  });

  test('pauses no longer than the longest pause', async () => {
    const { ask, limiter } = actions();
    await ask(200, { ratelimit: '"day";r=0;t=86400' });
    expect(limiter.pausedFor()).toBe(longestPauseMs);
  });

  test.each([
    { 'x-ratelimit-remaining': '0' },
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '0' },
    { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '9' },
    { 'x-ratelimit-reset': '9' },
  ])('is not read into %j', async (headers: Record<string, string>) => {
    const { ask, pauses } = actions();
    await ask(200, headers);
    expect(pauses).toEqual([]);
  });
});
