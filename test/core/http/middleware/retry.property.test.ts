import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SluiceError, type ErrorCode } from '../../../../core/errors.ts';
import { retry } from '../../../../core/http/middleware/retry.ts';
import { createRetryBudget } from '../../../../core/http/resilience/retry-budget.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { failureWith, httpRequest, httpResponse, rejection } from '../support.ts';

const outcome = fc.constantFrom<ErrorCode | 'ok'>(
  'network_error',
  'http_503',
  'timeout',
  'rate_limited',
  'http_404',
  'circuit_open',
  'ok',
);

test('a request is tried at most retries + 1 times, each wait within its bound, and ends as its last attempt did', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        outcomes: fc.array(outcome, { minLength: 1, maxLength: 14 }),
        settings: fc.record({
          retries: fc.integer({ min: 0, max: 10 }),
          baseMs: fc.integer({ min: 0, max: 5_000 }),
          maxMs: fc.integer({ min: 0, max: 20_000 }),
        }),
        // A page that was put back has used some of its attempts.
        first: fc.integer({ min: 1, max: 12 }),
        dice: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1, maxLength: 5 }),
      }),
      async ({ outcomes, settings, first, dice }) => {
        const clock = fakeClock();
        const { retries, baseMs, maxMs } = settings;
        const started: number[] = [];
        const told: (readonly [attempt: number, delayMs: number, code: ErrorCode])[] = [];
        let rolls = 0;
        const handler = retry({
          settings,
          // Never spent: what it does with a spent one is its own test's.
          budget: createRetryBudget({ clock, windowMs: 60_000, minimum: 100 }),
          clock,
          random: () => dice[rolls++ % dice.length] ?? 0,
          onRetry: ({ attempt, delayMs, error }) => told.push([attempt, delayMs, error.code]),
        })(async () => {
          started.push(clock.now());
          const code = outcomes[started.length - 1] ?? 'ok';
          if (code === 'ok') return httpResponse();
          throw failureWith(code);
        });
        const thrown = await clock.run(rejection(handler(httpRequest({ attempt: first }))));

        expect(started.length).toBeGreaterThan(0);
        expect(started.length).toBeLessThanOrEqual(Math.max(1, retries + 2 - first));
        expect(told).toHaveLength(started.length - 1);
        for (const [index, [attempt, delayMs, code]] of told.entries()) {
          expect([attempt, code]).toEqual([first + index, outcomes[index]]);
          const bound = code === 'rate_limited' ? 0 : Math.min(maxMs, baseMs * 2 ** (attempt - 1));
          expect(delayMs).toBeGreaterThanOrEqual(0);
          expect(delayMs).toBeLessThanOrEqual(bound);
          expect((started[index + 1] ?? 0) - (started[index] ?? 0)).toBeCloseTo(delayMs, 3);
        }
        const last = outcomes[started.length - 1] ?? 'ok';
        const code = thrown instanceof SluiceError ? thrown.code : 'ok';
        expect(code).toBe(last === 'timeout' ? 'timeout_after_retries' : last);
      },
    ),
    { numRuns: 200 },
  );
});
