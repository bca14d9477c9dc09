import { describe, expect, test } from 'vitest';
import type { BreakerSettings } from '../../../../core/config/resolved.ts';
import type { CircuitBreaker } from '../../../../core/contracts/resilience.ts';
import type { ErrorCode } from '../../../../core/errors.ts';
import { createCircuitBreaker } from '../../../../core/http/resilience/circuit-breaker.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { failureWith, isSettled, rejection } from '../support.ts';

const noSignal = new AbortController().signal;
const defaults: BreakerSettings = {
  failures: 5,
  failureRate: 0.8,
  minimumResults: 20,
  windowMs: 30_000,
  cooldownMs: 5_000,
  probes: 3,
};

function breakerOf(settings: Partial<BreakerSettings> = {}) {
  const clock = fakeClock();
  const transitions: string[] = [];
  const breaker = createCircuitBreaker({
    settings: { ...defaults, ...settings },
    clock,
    onTransition: (from, to, reason) => void transitions.push(`${from} > ${to}: ${reason}`),
  });
  return { clock, breaker, transitions };
}

const succeed = (breaker: CircuitBreaker): Promise<string> => breaker.execute(async () => 'fine');
const fail = (breaker: CircuitBreaker, code: ErrorCode = 'http_500'): Promise<unknown> =>
  rejection(breaker.execute(() => Promise.reject(failureWith(code)), noSignal));

async function times(count: number, work: () => Promise<unknown>): Promise<void> {
  for (let done = 0; done < count; done++) await work();
}

/** An attempt that ends when the test says so. */
function pending(breaker: CircuitBreaker, signal?: AbortSignal) {
  let begun = false;
  let finish: (error?: unknown) => void = () => undefined;
  const attempt = new Promise<string>((resolve, reject) => {
    finish = (error) => (error === undefined ? resolve('fine') : reject(error));
  });
  const run = (): Promise<string> => {
    begun = true;
    return attempt;
  };
  const result = rejection(breaker.execute(run, signal));
  return { result, begun: () => begun, finish };
}

describe('a closed breaker', () => {
  test('opens on so many failures in a row, and a success in between starts the count anew', async () => {
    const { breaker, transitions } = breakerOf();
    await times(4, () => fail(breaker, 'timeout'));
    await succeed(breaker);
    await times(4, () => fail(breaker));
    expect(breaker.state).toBe('closed');
    await fail(breaker, 'network_error');
    expect(breaker.state).toBe('open');
    expect(transitions).toEqual(['closed > open: 5 failures in a row']);
  });

  test('remembers what the upstream last failed by until it answers', async () => {
    const { breaker } = breakerOf();
    await fail(breaker, 'timeout');
    expect(breaker.lastFailure).toMatchObject({ code: 'timeout' });
    await succeed(breaker);
    expect(breaker.lastFailure).toBeUndefined();
  });

  test('a 404 or a 429 in between is an answer', async () => {
    const { breaker } = breakerOf();
    await times(4, () => fail(breaker));
    await fail(breaker, 'http_404');
    await times(4, () => fail(breaker));
    await fail(breaker, 'rate_limited');
    await times(4, () => fail(breaker));
    expect(breaker.state).toBe('closed');
  });

  test('opens on the share of failures in the window, once there are enough results', async () => {
    const { breaker, transitions } = breakerOf();
    await times(3, async () => {
      await times(4, () => fail(breaker));
      await succeed(breaker);
    });
    await times(4, () => fail(breaker));
    expect(breaker.state).toBe('closed');
    await succeed(breaker);
    expect(breaker.state).toBe('closed');
    await fail(breaker);
    expect(transitions).toEqual(['closed > open: 81 % of 21 requests failed']);
  });

  test('failures of long ago do not count for the share', async () => {
    const { clock, breaker } = breakerOf();
    await times(20, async () => {
      await times(4, () => fail(breaker));
      await succeed(breaker);
      await clock.advance(16_000);
    });
    expect(breaker.state).toBe('closed');
  });

  test('an attempt that failed after an abort counts for nothing, whatever it threw', async () => {
    const { breaker } = breakerOf();
    await times(10, () =>
      rejection(breaker.execute(() => Promise.reject(failureWith('timeout')), AbortSignal.abort())),
    );
    expect(breaker.state).toBe('closed');
  });

  test('is ready at once', async () => {
    const { clock, breaker } = breakerOf();
    await breaker.ready(noSignal);
    expect(clock.timers).toBe(0);
  });
});

describe('an open breaker', () => {
  test('refuses without running the attempt, with the last real failure as cause', async () => {
    const { breaker } = breakerOf();
    await times(4, () => fail(breaker));
    await fail(breaker, 'network_error');
    const refused = pending(breaker);
    expect(refused.begun()).toBe(false);
    expect(await refused.result).toMatchObject({
      code: 'circuit_open',
      retryable: false,
      message: 'the circuit is open: network_error happened',
      cause: { code: 'network_error' },
    });
  });

  test('lets one waiter go after the cooldown and the others only once its probe has succeeded', async () => {
    const { clock, breaker, transitions } = breakerOf();
    await times(5, () => fail(breaker));
    const waiting = [1, 2, 3].map(() => breaker.ready(noSignal));
    expect(clock.timers).toBe(1);
    await clock.advance(4_999);
    expect(await isSettled(Promise.race(waiting))).toBe(false);
    await clock.advance(1);
    expect(await Promise.all(waiting.map(isSettled))).toEqual([true, false, false]);
    const probe = pending(breaker);
    const second = pending(breaker);
    expect([probe.begun(), second.begun(), clock.timers]).toEqual([true, false, 0]);
    expect(await second.result).toMatchObject({ code: 'circuit_open' });
    probe.finish();
    await Promise.all([...waiting, probe.result]);
    expect(breaker.state).toBe('closed');
    expect(transitions.slice(1)).toEqual([
      'open > half-open: 5000 ms have passed',
      'half-open > closed: the probe was answered',
    ]);
  });

  test('lets an attempt probe that comes without asking, when the cooldown is over', async () => {
    const { clock, breaker } = breakerOf();
    await times(5, () => fail(breaker));
    await clock.advance(5_000);
    await succeed(breaker);
    expect(breaker.state).toBe('closed');
    await times(4, () => fail(breaker));
    expect(breaker.state).toBe('closed');
  });

  test('lets only the first of those go that ask after the cooldown', async () => {
    const { clock, breaker } = breakerOf();
    await times(5, () => fail(breaker));
    await clock.advance(6_000);
    const asking = [breaker.ready(noSignal), breaker.ready(noSignal)];
    expect(await Promise.all(asking.map(isSettled))).toEqual([true, false]);
    expect(breaker.state).toBe('half-open');
    await succeed(breaker);
    await Promise.all(asking);
  });

  test('forgets what it counted once it has closed', async () => {
    const { clock, breaker, transitions } = breakerOf({ failures: 100, minimumResults: 5 });
    await times(5, () => fail(breaker));
    await clock.advance(5_000);
    await succeed(breaker);
    await times(4, () => fail(breaker));
    expect(breaker.state).toBe('closed');
    await fail(breaker);
    expect(transitions.at(-1)).toBe('closed > open: 100 % of 5 requests failed');
  });

  test('passes the turn on when whoever was let go does not come', async () => {
    const { clock, breaker } = breakerOf();
    await times(5, () => fail(breaker));
    const waiting = [breaker.ready(noSignal), breaker.ready(noSignal)];
    await clock.advance(5_000);
    expect(await Promise.all(waiting.map(isSettled))).toEqual([true, false]);
    await clock.advance(5_000);
    expect(await Promise.all(waiting.map(isSettled))).toEqual([true, true]);
  });

  test('an aborted waiter leaves at once, and the last one takes the timer along', async () => {
    const { clock, breaker } = breakerOf();
    await times(5, () => fail(breaker));
    const controller = new AbortController();
    const reason = new Error('stop');
    const waiting = rejection(breaker.ready(controller.signal));
    controller.abort(reason);
    expect(await waiting).toBe(reason);
    expect(await rejection(breaker.ready(controller.signal))).toBe(reason);
    expect(clock.timers).toBe(0);
  });

  test('results of attempts from before it opened neither close it nor count', async () => {
    const { clock, breaker, transitions } = breakerOf({ probes: 1 });
    const slow = [pending(breaker), pending(breaker), pending(breaker)];
    await times(5, () => fail(breaker));
    slow[0]?.finish();
    await slow[0]?.result;
    expect(breaker.state).toBe('open');
    await clock.advance(5_000);
    const probe = pending(breaker);
    slow[1]?.finish(failureWith('timeout'));
    slow[2]?.finish();
    await Promise.all(slow.map(({ result }) => result));
    expect(breaker.state).toBe('half-open');
    probe.finish();
    await probe.result;
    expect(transitions.at(-1)).toBe('half-open > closed: the probe was answered');
  });
});

describe('a half-open breaker', () => {
  async function halfOpen(settings: Partial<BreakerSettings> = {}) {
    const made = breakerOf(settings);
    await times(5, () => fail(made.breaker));
    await made.clock.advance(5_000);
    return made;
  }

  test('opens again when the probe fails', async () => {
    const { clock, breaker, transitions } = await halfOpen();
    await fail(breaker);
    expect(breaker.state).toBe('open');
    expect(transitions.at(-1)).toBe('half-open > open: probe 1 of 3 failed');
    await clock.advance(4_999);
    expect(await rejection(succeed(breaker))).toMatchObject({ code: 'circuit_open' });
    await clock.advance(1);
    await succeed(breaker);
    expect(breaker.state).toBe('closed');
  });

  test('closes on a 429: the upstream is there', async () => {
    const { breaker } = await halfOpen();
    await fail(breaker, 'rate_limited');
    expect(breaker.state).toBe('closed');
  });

  test('an aborted probe frees its place for the next in line at once, and is no failed probe', async () => {
    const { breaker } = await halfOpen({ probes: 1 });
    const controller = new AbortController();
    const probe = pending(breaker, controller.signal);
    const waiting = breaker.ready(noSignal);
    expect(await isSettled(waiting)).toBe(false);
    controller.abort(failureWith('http_500'));
    probe.finish(controller.signal.reason);
    await probe.result;
    expect(await isSettled(waiting)).toBe(true);
    await succeed(breaker);
    expect(breaker.state).toBe('closed');
  });

  test('a success between failed probes starts their count anew', async () => {
    const { clock, breaker } = await halfOpen({ probes: 2 });
    await fail(breaker);
    await clock.advance(5_000);
    await succeed(breaker);
    await times(5, () => fail(breaker));
    await clock.advance(5_000);
    await fail(breaker);
    await clock.advance(5_000);
    await succeed(breaker);
    expect(breaker.state).toBe('closed');
  });

  test('gives the upstream up after so many failed probes, for everybody and for good', async () => {
    const { clock, breaker, transitions } = await halfOpen();
    await fail(breaker);
    await clock.advance(5_000);
    await fail(breaker, 'http_502');
    await clock.advance(5_000);
    const probe = pending(breaker);
    const waiting = [breaker.ready(noSignal), breaker.ready(noSignal)].map(rejection);
    probe.finish(failureWith('timeout'));
    const givenUp = {
      code: 'circuit_open',
      retryable: false,
      message: 'given up after 3 failed probes: timeout happened',
      cause: { code: 'timeout' },
    };
    expect(await Promise.all(waiting)).toMatchObject([givenUp, givenUp]);
    expect(clock.timers).toBe(0);
    await clock.advance(60_000);
    expect(await rejection(breaker.ready(noSignal))).toMatchObject(givenUp);
    const after = pending(breaker);
    expect(await after.result).toMatchObject(givenUp);
    expect(after.begun()).toBe(false);
    expect(transitions.at(-1)).toBe('half-open > open: given up: 3 probes in a row failed');
  });
});
