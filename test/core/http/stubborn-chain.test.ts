import { describe, expect, test } from 'vitest';
import type { Handler } from '../../../core/contracts/http.ts';
import { classify } from '../../../core/errors.ts';
import { compose } from '../../../core/http/compose.ts';
import { circuitBreaker } from '../../../core/http/middleware/circuit-breaker.ts';
import { concurrency } from '../../../core/http/middleware/concurrency.ts';
import { rateLimit } from '../../../core/http/middleware/rate-limit.ts';
import { responseActions } from '../../../core/http/middleware/response-actions.ts';
import { retry } from '../../../core/http/middleware/retry.ts';
import { createCircuitBreaker } from '../../../core/http/resilience/circuit-breaker.ts';
import { createRetryBudget } from '../../../core/http/resilience/retry-budget.ts';
import { createSlidingLogLimiter } from '../../../core/http/resilience/sliding-log-limiter.ts';
import { createStorm } from '../../../core/http/resilience/source-pause.ts';
import { fakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { failureWith, httpRequest, httpResponse } from './support.ts';

/** Repeatable randomness (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Fetches pages through the whole of the resilience chain, putting back what an open breaker refuses. */
async function fetchAll(upstream: (clock: FakeClock, sends: number[]) => Handler, pages: number, seed = 1) {
  const clock = fakeClock();
  const random = seeded(seed);
  const sends: number[] = [];
  const changes: string[] = [];
  const settings = {
    failures: 5,
    failureRate: 0.8,
    minimumResults: 20,
    windowMs: 30_000,
    cooldownMs: 5_000,
    probes: 3,
  };
  const onTransition = (from: string, to: string): void => void changes.push(`${from} > ${to}`);
  const breaker = createCircuitBreaker({ settings, clock, onTransition });
  const limiter = createSlidingLogLimiter({ limits: [{ requests: 5, perMs: 1000 }], marginMs: 20, clock });
  const budget = createRetryBudget({ clock, windowMs: 60_000, minimum: 20 });
  const backoff = { retries: 3, baseMs: 250, maxMs: 10_000 };
  const handler = compose([
    retry({ settings: backoff, budget, clock, random, onRetry: () => undefined }),
    circuitBreaker(breaker),
    responseActions({ rules: [], limiter, clock, backoff, random, storm: createStorm(), onPause: () => undefined }),
    concurrency({ limit: 4, breaker }),
    rateLimit({ limiter, breaker, clock, onWait: () => undefined }),
  ])(upstream(clock, sends));

  const pending = Array.from({ length: pages }, (_, index) => ({ key: `page-${index}`, attempt: 1 }));
  const outcomes = new Map<string, string>();
  const { signal } = new AbortController();
  const start = clock.now();
  async function work(): Promise<void> {
    for (let page = pending.shift(); page !== undefined; page = pending.shift()) {
      try {
        await breaker.ready(signal);
        const { attempts = 0 } = await handler(httpRequest(page));
        expect(attempts).toBeLessThanOrEqual(4);
        outcomes.set(page.key, 'delivered');
      } catch (thrown) {
        const error = classify(thrown);
        const refused = error.code === 'circuit_open' && error.attempts !== undefined;
        if (refused) pending.unshift({ ...page, attempt: (error.attempts ?? 0) + 1 });
        else outcomes.set(page.key, error.code);
      }
    }
  }
  await clock.run(Promise.all(Array.from({ length: 8 }, work)));
  return { clock, sends, changes, outcomes: [...outcomes.values()], ms: clock.now() - start };
}

/** An upstream that answers after 50 ms with what `status` says of the number of the request; 0 is no connection. */
function answering(status: (request: number, now: number) => number, headers: Record<string, string> = {}) {
  return (clock: FakeClock, sends: number[]): Handler => {
    const start = clock.now();
    return async (request) => {
      sends.push(clock.now());
      request.onPhase?.('sent');
      const code = status(sends.length, clock.now() - start);
      await new Promise<void>((resolve) => void clock.timer(50, resolve));
      if (code === 0) throw failureWith('network_error');
      return httpResponse(code, headers);
    };
  };
}

/** The shortest time in which six requests went out; the limit is five in 1000 ms, and a margin of 20. */
function shortestSix(sends: readonly number[]): number {
  return Math.min(...sends.slice(5).map((later, index) => later - (sends[index] ?? 0)));
}

const counted = (outcomes: readonly string[], outcome: string): number =>
  outcomes.filter((one) => one === outcome).length;

describe('the chain', () => {
  test.each([1, 2, 3, 4, 5])(
    'gets everything from an upstream that fails every third request (seed %i)',
    async (seed) => {
      const upstream = answering((request) => (request % 3 === 0 ? 500 : 200));
      const { outcomes, changes, sends } = await fetchAll(upstream, 60, seed);
      expect(counted(outcomes, 'delivered')).toBe(60);
      expect(changes).toEqual([]);
      expect(shortestSix(sends)).toBeGreaterThanOrEqual(1020);
    },
  );

  test('gets everything from an upstream that is gone for a while', async () => {
    const upstream = answering((_, now) => (now > 2_000 && now < 14_000 ? 0 : 200));
    const { outcomes, changes, sends } = await fetchAll(upstream, 60);
    expect(counted(outcomes, 'delivered')).toBe(60);
    expect(changes.slice(0, 2)).toEqual(['closed > open', 'open > half-open']);
    expect(changes.at(-1)).toBe('half-open > closed');
    expect(shortestSix(sends)).toBeGreaterThanOrEqual(1020);
  });

  test('gives up an upstream that never answers, and leaves it alone in between', async () => {
    const { outcomes, sends, ms, clock } = await fetchAll(
      answering(() => 0),
      1000,
    );
    expect(counted(outcomes, 'circuit_open')).toBe(1000);
    // What had begun when the breaker opened (eight at once), and three probes.
    expect(sends.length).toBeLessThanOrEqual(5 + 8 + 3);
    expect(ms).toBeLessThan(20_000);
    expect(clock.timers).toBe(0);
  });

  test('gets everything from an upstream that allows less than it declares', async () => {
    const accepted: number[] = [];
    const sixInFourSeconds = (_: number, now: number): number => {
      if (accepted.filter((time) => time > now - 4_000).length >= 6) return 429;
      accepted.push(now);
      return 200;
    };
    const upstream = answering(sixInFourSeconds, { 'retry-after': '4' });
    const { outcomes, changes } = await fetchAll(upstream, 30);
    expect(counted(outcomes, 'delivered')).toBe(30);
    expect(changes).toEqual([]);
  });
});
