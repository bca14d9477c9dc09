import { describe, expect, test } from 'vitest';
import type { HttpResponse } from '../../../../core/contracts/http.ts';
import type { ResponseAction, ResponseRule } from '../../../../core/contracts/response-rule.ts';
import { responseActions } from '../../../../core/http/middleware/response-actions.ts';
import { createSlidingLogLimiter } from '../../../../core/http/resilience/sliding-log-limiter.ts';
import { createStorm } from '../../../../core/http/resilience/source-pause.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { httpRequest, httpResponse } from '../support.ts';

/** A source that declares `rules`, asked for one response after the other. */
function declaring(...rules: ResponseRule[]) {
  const clock = fakeClock();
  const limiter = createSlidingLogLimiter({ limits: [{ requests: 100, perMs: 1000 }], marginMs: 0, clock });
  const pauses: [ms: number, reason: string][] = [];
  const onPause = (ms: number, reason: string): void => void pauses.push([ms, reason]);
  const backoff = { baseMs: 100, maxMs: 1000 };
  const middleware = responseActions({
    rules,
    limiter,
    clock,
    backoff,
    random: () => 1,
    storm: createStorm(),
    onPause,
  });
  const ask = (response: HttpResponse): Promise<unknown> =>
    middleware(async () => response)(httpRequest()).catch((error: unknown) => error);
  return { clock, limiter, pauses, ask };
}

const envelope = (): HttpResponse => ({
  ...httpResponse(200),
  body: new TextEncoder().encode('{"status":"error","detail":"overloaded"}'),
});
const isError = (body: { readonly [key: string]: unknown }): boolean => body['status'] === 'error';

describe('a response that a rule matches', () => {
  test('is tried again for "retry", also where it is a 200 with an error in it', async () => {
    const { ask, pauses } = declaring({ status: 200, body: isError, action: 'retry' });
    expect(await ask(envelope())).toMatchObject({
      code: 'response_refused',
      retryable: true,
      status: 200,
      message: 'the upstream answered 200 (OK), which responseActions[0] refuses',
      url: 'https://upstream.test/items?page=1',
    });
    expect(await ask(httpResponse(200))).toEqual(httpResponse(200));
    expect(pauses).toEqual([]);
  });

  test('is an error for good for "fail", whatever its status, with the message of the rule', async () => {
    const { ask } = declaring({ status: 503, action: 'fail', message: 'the shop is closed' });
    expect(await ask(httpResponse(503, { 'retry-after': '9' }))).toMatchObject({
      code: 'response_refused',
      retryable: false,
      status: 503,
      message: 'the upstream answered 503 (Service Unavailable), which means: the shop is closed',
    });
  });

  test.each<ResponseAction>(['ignore', 'end-of-pages'])('passes with the action for "%s"', async (action) => {
    const { ask } = declaring({ status: [404, 204, 500], action });
    for (const status of [404, 204, 500]) {
      expect(await ask(httpResponse(status))).toEqual({ ...httpResponse(status), action });
    }
    expect(await ask(httpResponse(410))).toMatchObject({ code: 'http_410' });
  });

  test('is judged by the first rule, before the status', async () => {
    const { ask, limiter } = declaring({ status: 429, action: 'ignore' }, { status: 429, action: 'fail' });
    expect(await ask(httpResponse(429, { 'retry-after': '9' }))).toMatchObject({ status: 429, action: 'ignore' });
    expect(limiter.pausedFor()).toBe(0);
  });

  test('is judged by its status where no rule matches, and where the predicate finds no JSON', async () => {
    const { ask } = declaring({ body: () => true, action: 'fail' });
    expect(await ask(httpResponse(200))).toEqual(httpResponse(200));
    expect(await ask(httpResponse(500))).toMatchObject({ code: 'http_500' });
  });

  test('fails as plugin_invalid where the predicate throws', async () => {
    const rule: ResponseRule = {
      body() {
        throw new TypeError('no such field');
      },
      action: 'retry',
    };
    expect(await declaring(rule).ask(envelope())).toMatchObject({
      code: 'plugin_invalid',
      retryable: false,
      message: 'the body predicate of responseActions[0] threw: no such field',
    });
  });
});

describe('a response that a rule calls rate-limited', () => {
  const rule: ResponseRule = { status: 200, body: isError, action: 'rate-limited', message: 'too many requests' };

  test('pauses the whole source by backoff, step by step, and lowers the limit, as a 429 does', async () => {
    const { ask, clock, limiter, pauses } = declaring(rule);
    for (let step = 0; step < 3; step++) {
      expect(await ask(envelope())).toMatchObject({ code: 'rate_limited', retryable: true, status: 200 });
      await clock.advance(limiter.pausedFor());
    }
    await ask(httpResponse(200));
    await ask(envelope());
    expect(pauses).toEqual([
      [100, 'status 200, now at most 50 per window'],
      [200, 'status 200, now at most 25 per window'],
      [400, 'status 200, now at most 13 per window'],
      [100, 'status 200, now at most 7 per window'],
    ]);
  });

  test('says why, and when the next request goes', async () => {
    const { ask, limiter } = declaring(rule);
    expect(await ask({ ...envelope(), headers: { 'retry-after': '3' } })).toMatchObject({
      retryAfterMs: 3000,
      message: 'the upstream answered 200 (OK) and asks for fewer requests: too many requests; next in 3.0 s',
    });
    expect(limiter.pausedFor()).toBe(3000);
  });

  test('is one step for all that were under way', async () => {
    const { ask, pauses } = declaring({ ...rule, message: 'x' });
    const storm = await Promise.all(Array.from({ length: 8 }, () => ask(envelope())));
    expect(storm).toHaveLength(8);
    expect(pauses).toEqual([[100, 'status 200, now at most 50 per window']]);
  });
});

test.each<ResponseAction>(['retry', 'fail', 'ignore', 'end-of-pages'])(
  'an exhausted window pauses the source, also on a response for "%s"',
  async (action) => {
    const { ask, limiter } = declaring({ status: 404, action });
    await ask(httpResponse(404, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4' }));
    expect(limiter.pausedFor()).toBe(4000);
  },
);

test('a page that is ignored is a success: it ends a row of refusals', async () => {
  const { ask, clock, limiter, pauses } = declaring({ status: 404, action: 'ignore' });
  for (const status of [429, 429, 404, 429]) {
    await ask(httpResponse(status));
    await clock.advance(limiter.pausedFor());
  }
  expect(pauses.map(([ms]) => ms)).toEqual([100, 200, 100]);
});
