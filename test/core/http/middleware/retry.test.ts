import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../../../core/contracts/http.ts';
import type { ErrorCode } from '../../../../core/errors.ts';
import { retry, type RetryNotice } from '../../../../core/http/middleware/retry.ts';
import { createRetryBudget } from '../../../../core/http/resilience/retry-budget.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { failureWith, httpRequest, httpResponse, rejection } from '../support.ts';

/** A chain whose attempts end as `outcomes` say, one after the other; the last goes on for ever. */
function retrying(outcomes: (ErrorCode | Error | 'ok')[], { retries = 3, minimum = 20 } = {}) {
  const clock = fakeClock();
  const budget = createRetryBudget({ clock, windowMs: 60_000, minimum });
  const notices: RetryNotice[] = [];
  const attempts: { attempt: number; at: number }[] = [];
  const start = clock.now();
  const settings = { retries, baseMs: 100, maxMs: 300 };
  const onRetry = (notice: RetryNotice): void => void notices.push(notice);
  const handler = retry({ settings, budget, clock, random: () => 1, onRetry })(async (request) => {
    attempts.push({ attempt: request.attempt, at: clock.now() - start });
    const outcome = outcomes[Math.min(attempts.length, outcomes.length) - 1] ?? 'ok';
    if (outcome === 'ok') return httpResponse();
    throw outcome instanceof Error ? outcome : failureWith(outcome);
  });
  const ask = (change: Partial<HttpRequest> = {}) => clock.run(handler(httpRequest(change)));
  return { clock, budget, handler, ask, notices, attempts };
}

describe('retry', () => {
  test('a success says how many attempts it took', async () => {
    const { ask, notices } = retrying(['ok']);
    expect(await ask()).toMatchObject({ status: 200, attempts: 1 });
    expect(notices).toEqual([]);
  });

  test('a request that was put back waits as its last attempt would have, and goes on counting', async () => {
    const { ask, attempts } = retrying(['http_503', 'ok']);
    expect(await ask({ attempt: 3 })).toMatchObject({ attempts: 4 });
    expect(attempts).toEqual([
      { attempt: 3, at: 200 },
      { attempt: 4, at: 500 },
    ]);
  });

  test('tries again with growing waits, tells of each, and succeeds', async () => {
    const { ask, attempts, notices } = retrying(['http_503', 'timeout', 'network_error', 'ok']);
    expect(await ask()).toMatchObject({ attempts: 4 });
    expect(attempts).toEqual([
      { attempt: 1, at: 0 },
      { attempt: 2, at: 100 },
      { attempt: 3, at: 300 },
      { attempt: 4, at: 600 },
    ]);
    expect(notices.map(({ key, attempt, delayMs, error }) => [key, attempt, delayMs, error.code])).toEqual([
      ['page-1', 1, 100, 'http_503'],
      ['page-1', 2, 200, 'timeout'],
      ['page-1', 3, 300, 'network_error'],
    ]);
  });

  test.each([
    ['http_500', 'http_500'],
    ['network_error', 'network_error'],
    ['rate_limited', 'rate_limited'],
    ['timeout', 'timeout_after_retries'],
  ] as const)('gives up on %s after the last retry, as %s', async (thrown, final) => {
    const { ask, attempts } = retrying([thrown]);
    expect(await rejection(ask())).toMatchObject({ code: final, attempts: 4 });
    expect(attempts.length).toBe(4);
  });

  test('no retries means one attempt', async () => {
    const { ask, attempts } = retrying(['timeout'], { retries: 0 });
    expect(await rejection(ask())).toMatchObject({ code: 'timeout_after_retries', attempts: 1 });
    expect(attempts.length).toBe(1);
  });

  test('an error that is not retryable ends it at once, with the attempts made', async () => {
    const { ask, attempts } = retrying(['http_500', 'http_404']);
    expect(await rejection(ask())).toMatchObject({ code: 'http_404', attempts: 2 });
    expect(attempts.length).toBe(2);
  });

  test('a foreign network failure is retried, a bug is not', async () => {
    const reset = retrying([Object.assign(new Error('gone'), { code: 'ECONNRESET' }), 'ok']);
    expect(await reset.ask()).toMatchObject({ attempts: 2 });
    const bug = new TypeError('bug');
    const broken = retrying([bug]);
    expect(await rejection(broken.ask())).toMatchObject({ code: 'internal_error', attempts: 1, cause: bug });
  });

  test('a request that was put back goes on counting', async () => {
    const { ask, attempts } = retrying(['http_500']);
    expect(await rejection(ask({ attempt: 3 }))).toMatchObject({ code: 'http_500', attempts: 4 });
    expect(attempts.map(({ attempt }) => attempt)).toEqual([3, 4]);
  });

  test('has no backoff of its own for rate_limited', async () => {
    const { ask, attempts, notices } = retrying(['rate_limited', 'rate_limited', 'ok']);
    expect(await ask()).toMatchObject({ attempts: 3 });
    expect(attempts.map(({ at }) => at)).toEqual([0, 0, 0]);
    expect(notices.map(({ delayMs }) => delayMs)).toEqual([0, 0]);
  });
});

describe('an open circuit', () => {
  test('goes through at once, with the attempts that were really made', async () => {
    const { ask, attempts } = retrying(['http_500', 'http_500', 'circuit_open']);
    expect(await rejection(ask())).toMatchObject({ code: 'circuit_open', attempts: 2 });
    expect(attempts.length).toBe(3);
    expect(await rejection(retrying(['circuit_open']).ask())).toMatchObject({ attempts: 0 });
  });

  test('costs no budget', async () => {
    const { ask, clock, budget } = retrying(['circuit_open'], { minimum: 1 });
    const start = clock.now();
    for (let turn = 0; turn < 5; turn++) await rejection(ask({ attempt: 2 }));
    for (let turn = 0; turn < 5; turn++) await rejection(ask({ attempt: 1 }));
    // The backoff of those that had failed before; a wait for the budget would be one of a minute.
    const backedOff = start + 5 * 100;
    expect(clock.now()).toBe(backedOff);
    const { signal } = new AbortController();
    await clock.run(budget.spend(signal));
    expect(clock.now()).toBe(backedOff);
    await clock.run(budget.spend(signal));
    expect(clock.now()).toBeGreaterThan(backedOff);
  });
});

describe('the budget', () => {
  test('is not touched by retries after a refusal, which wait for their limiter only', async () => {
    const { ask, clock, budget, attempts } = retrying(['rate_limited'], { minimum: 1 });
    const start = clock.now();
    for (let page = 0; page < 5; page++) await rejection(ask());
    expect(attempts.length).toBe(20);
    for (let retries = 0; retries < 5; retries++) await clock.run(budget.spend(new AbortController().signal));
    expect(clock.now()).toBe(start);
  });

  test('pays for the retry of a failure that follows a refusal', async () => {
    const { ask, clock } = retrying(['rate_limited', 'http_500', 'http_500', 'ok'], { minimum: 1 });
    const start = clock.now();
    expect(await ask()).toMatchObject({ attempts: 4 });
    expect(clock.now() - start).toBeGreaterThan(60_000);
  });

  test('gets nothing back from a circuit that opened after a refusal', async () => {
    const { ask } = retrying(['rate_limited', 'circuit_open']);
    expect(await rejection(ask())).toMatchObject({ code: 'circuit_open', attempts: 1 });
  });

  test('delays retries when it is spent, and drops none', async () => {
    const { ask, clock } = retrying(['http_500'], { minimum: 2 });
    const start = clock.now();
    expect(await rejection(ask())).toMatchObject({ code: 'http_500', attempts: 4 });
    expect(clock.now() - start).toBeGreaterThan(60_000);
  });
});

describe('an abort', () => {
  const reason = new Error('stop');

  test('during the backoff rejects with its reason at once and leaves no timer', async () => {
    const { clock, handler } = retrying(['http_500']);
    const controller = new AbortController();
    const work = rejection(handler(httpRequest({ signal: controller.signal })));
    await clock.advance(50);
    controller.abort(reason);
    expect(await work).toBe(reason);
    expect(clock.timers).toBe(0);
  });

  test('while it waits for the budget does the same', async () => {
    const { clock, handler, budget } = retrying(['http_500'], { minimum: 1 });
    await budget.spend(new AbortController().signal);
    const controller = new AbortController();
    const work = rejection(handler(httpRequest({ attempt: 2, signal: controller.signal })));
    await clock.advance(50);
    controller.abort(reason);
    expect(await work).toBe(reason);
    expect(clock.timers).toBe(0);
  });

  test.each(['network_error', 'http_404', 'circuit_open'] as const)(
    'is the reason, even if the attempt throws %s',
    async (code) => {
      const clock = fakeClock();
      const controller = new AbortController();
      let attempts = 0;
      const handler = retry({
        settings: { retries: 3, baseMs: 100, maxMs: 300 },
        budget: createRetryBudget({ clock, windowMs: 60_000, minimum: 20 }),
        clock,
        random: () => 1,
        onRetry: () => undefined,
      })(() => {
        attempts += 1;
        controller.abort(reason);
        return Promise.reject(failureWith(code));
      });
      expect(await rejection(handler(httpRequest({ signal: controller.signal })))).toBe(reason);
      expect(attempts).toBe(1);
    },
  );
});
