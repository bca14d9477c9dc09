import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../../core/contracts/clock.ts';
import { createSlidingLogLimiter } from '../../../../core/http/resilience/sliding-log-limiter.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { hastyClock, isSettled, rejection } from '../support.ts';

const noSignal = new AbortController().signal;

function limiterOf({ requests = 2, perMs = 1000, marginMs = 0 } = {}) {
  const clock = fakeClock();
  return { clock, limiter: createSlidingLogLimiter({ limits: [{ requests, perMs }], marginMs, clock }) };
}

describe('a sliding-log limiter', () => {
  test('grants at once and without a timer while there is room', async () => {
    const { clock, limiter } = limiterOf();
    (await limiter.acquire(noSignal)).sent();
    (await limiter.acquire(noSignal)).sent();
    expect(clock.timers).toBe(0);
  });

  test('counts the window from the send, not from the grant, and adds the margin', async () => {
    const { clock, limiter } = limiterOf({ requests: 1, perMs: 1000, marginMs: 20 });
    const start = clock.now();
    const permit = await limiter.acquire(noSignal);
    const second = limiter.acquire(noSignal);
    await clock.advance(5000);
    expect(await isSettled(second)).toBe(false);
    permit.sent();
    await clock.run(second);
    expect(clock.now() - start).toBe(5000 + 1020);
  });

  test('a second stamp moves the send to the later time', async () => {
    const { clock, limiter } = limiterOf({ requests: 1 });
    const permit = await limiter.acquire(noSignal);
    permit.sent();
    const second = limiter.acquire(noSignal);
    await clock.advance(300);
    permit.sent();
    await clock.advance(999);
    expect(await isSettled(second)).toBe(false);
    await clock.advance(1);
    expect(await isSettled(second)).toBe(true);
  });

  test('a second stamp after the first has left the window counts as a send of its own', async () => {
    const { clock, limiter } = limiterOf({ requests: 1 });
    const permit = await limiter.acquire(noSignal);
    permit.sent();
    await clock.advance(1500);
    (await limiter.acquire(noSignal)).sent();
    permit.sent();
    const third = limiter.acquire(noSignal);
    await clock.advance(999);
    expect(await isSettled(third)).toBe(false);
    await clock.run(third);
  });

  test('a stamp after release changes nothing', async () => {
    const { limiter } = limiterOf({ requests: 1 });
    const permit = await limiter.acquire(noSignal);
    permit.release();
    permit.release();
    permit.sent();
    const again = await limiter.acquire(noSignal);
    expect(await isSettled(limiter.acquire(noSignal))).toBe(false);
    again.release();
  });

  test('a permit given back goes to the first in line; release after sent gives nothing back', async () => {
    const { clock, limiter } = limiterOf({ requests: 1 });
    const first = await limiter.acquire(noSignal);
    const second = limiter.acquire(noSignal);
    const third = limiter.acquire(noSignal);
    first.release();
    const granted = await second;
    granted.sent();
    granted.release();
    expect(await isSettled(third)).toBe(false);
    await clock.run(third);
  });

  test('keeps one timer however many wait, and none when the last one aborts', async () => {
    const { clock, limiter } = limiterOf({ requests: 1 });
    (await limiter.acquire(noSignal)).sent();
    const controller = new AbortController();
    const waiting = Array.from({ length: 500 }, () => rejection(limiter.acquire(controller.signal)));
    expect(clock.timers).toBe(1);
    controller.abort(new Error('enough'));
    expect(new Set(await Promise.all(waiting)).size).toBe(1);
    expect(clock.timers).toBe(0);
  });

  test('leaves no timer behind when a permit given back serves the last in line', async () => {
    const { clock, limiter } = limiterOf();
    (await limiter.acquire(noSignal)).sent();
    const unsent = await limiter.acquire(noSignal);
    const waiting = limiter.acquire(noSignal);
    expect(clock.timers).toBe(1);
    unsent.release();
    await waiting;
    expect(clock.timers).toBe(0);
  });

  test('who comes just as room appears does not overtake those in line', async () => {
    const { clock, limiter } = limiterOf({ requests: 1 });
    const order: string[] = [];
    const ask = async (name: string): Promise<void> => {
      const permit = await limiter.acquire(noSignal);
      order.push(name);
      permit.sent();
    };
    // Set before the limiter's own timer, so that it rings first at the same moment.
    const newcomer = new Promise<void>((resolve) => void clock.timer(1000, () => resolve(ask('newcomer'))));
    await clock.run(Promise.all([ask('first'), ask('in line'), newcomer]));
    expect(order).toEqual(['first', 'in line', 'newcomer']);
  });

  test('an aborted signal is refused with its reason and costs nothing', async () => {
    const { limiter } = limiterOf({ requests: 1 });
    const reason = new Error('stopped');
    expect(await rejection(limiter.acquire(AbortSignal.abort(reason)))).toBe(reason);
    await limiter.acquire(noSignal);
  });

  test('a pause holds everybody; the longer of two stays', async () => {
    const { clock, limiter } = limiterOf({ requests: 5 });
    const start = clock.now();
    limiter.pause(3000);
    limiter.pause(1000);
    limiter.pause(-1);
    limiter.pause(Number.NaN);
    expect(limiter.pausedFor()).toBe(3000);
    await clock.run(limiter.acquire(noSignal));
    expect(clock.now() - start).toBe(3000);
    expect(limiter.pausedFor()).toBe(0);
  });

  test('a pause that begins while others wait holds them too', async () => {
    const { clock, limiter } = limiterOf({ requests: 1 });
    const start = clock.now();
    (await limiter.acquire(noSignal)).sent();
    const second = limiter.acquire(noSignal);
    await clock.advance(500);
    limiter.pause(2000);
    await clock.run(second);
    expect(clock.now() - start).toBe(2500);
  });

  test('copes with a timer that rings early, as those of Node may', async () => {
    const clock = fakeClock();
    const early: Clock = {
      now: () => clock.now(),
      date: () => clock.date(),
      timer: (ms, fire) => clock.timer(ms * 0.9, fire),
    };
    const limiter = createSlidingLogLimiter({ limits: [{ requests: 1, perMs: 1000 }], marginMs: 0, clock: early });
    const start = clock.now();
    (await limiter.acquire(noSignal)).sent();
    await clock.run(limiter.acquire(noSignal));
    expect(clock.now() - start).toBeGreaterThanOrEqual(1000);
    expect(clock.now() - start).toBeLessThan(1001);
  });

  test('a limit of ten million costs no more than what is sent', async () => {
    const { limiter } = limiterOf({ requests: 10_000_000 });
    const before = process.memoryUsage().arrayBuffers;
    for (let sends = 0; sends < 1000; sends++) (await limiter.acquire(noSignal)).sent();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });
});

test('a timer that rings before the end of a pause leaves nobody waiting for ever', async () => {
  const { base, clock } = hastyClock();
  const limiter = createSlidingLogLimiter({ limits: [{ requests: 2, perMs: 1000 }], marginMs: 0, clock });
  // Sent before the pause: when that ends, nothing is left in the log that could ring for those who wait.
  (await limiter.acquire(noSignal)).sent();
  await base.advance(10);
  limiter.pause(1000);
  const waiting = limiter.acquire(noSignal);
  await base.advance(1100);
  expect(await isSettled(waiting)).toBe(true);
});

describe('a lowered limiter', () => {
  test('lets as many go as it says, and one more in each window after', async () => {
    const { clock, limiter } = limiterOf({ requests: 5 });
    for (let sends = 0; sends < 5; sends++) (await limiter.acquire(noSignal)).sent();
    expect(limiter.lower()).toEqual([3]);
    expect(limiter.lower()).toEqual([2]);
    const start = clock.now();
    const at: number[] = [];
    const ask = async (): Promise<void> => {
      (await limiter.acquire(noSignal)).sent();
      at.push(clock.now() - start);
    };
    await clock.run(Promise.all(Array.from({ length: 19 }, ask)));
    const perWindow = [1000, 2000, 3000, 4000, 5000].map((time) => at.filter((one) => one === time).length);
    expect(perWindow).toEqual([2, 3, 4, 5, 5]);
  });

  test('has no room until enough sends have left the window', async () => {
    const { clock, limiter } = limiterOf({ requests: 4 });
    for (let sends = 0; sends < 4; sends++) {
      (await limiter.acquire(noSignal)).sent();
      await clock.advance(100);
    }
    limiter.lower();
    const next = limiter.acquire(noSignal);
    // The third of four sends leaves at 1200, and makes room for the second in a window of two.
    await clock.advance(799);
    expect(await isSettled(next)).toBe(false);
    await clock.advance(1);
    expect(await isSettled(next)).toBe(true);
  });

  test('serves those who go ahead first when a pause ends', async () => {
    const { clock, limiter } = limiterOf({ requests: 2 });
    limiter.pause(500);
    const order: string[] = [];
    const ask = async (name: string, ahead: boolean): Promise<void> => {
      const permit = await limiter.acquire(noSignal, { ahead });
      order.push(name);
      permit.sent();
    };
    await clock.run(Promise.all([ask('a', false), ask('b', false), ask('c', true), ask('d', true)]));
    expect(order).toEqual(['c', 'd', 'a', 'b']);
  });
});

interface Caller {
  readonly at: number;
  readonly latency: number;
  readonly restampAfter: number;
  readonly ends: 'sent' | 'released';
  readonly abortAfter: number | undefined;
}

const callers = fc.array(
  fc.record<Caller>({
    at: fc.integer({ min: 0, max: 3000 }),
    latency: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 })),
    restampAfter: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 })),
    ends: fc.oneof({ weight: 4, arbitrary: fc.constant('sent') }, { weight: 1, arbitrary: fc.constant('released') }),
    abortAfter: fc.option(fc.integer({ min: 0, max: 1500 }), { nil: undefined, freq: 4 }),
  }),
  { minLength: 1, maxLength: 40 },
);

describe('whatever comes', () => {
  test('no window holds more than the limit, nobody is forgotten, nobody overtakes, no one is let go in a pause', async () => {
    const pauses = fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 3000 }),
        ms: fc.integer({ min: 0, max: 800 }),
        lower: fc.boolean(),
      }),
      {
        maxLength: 4,
      },
    );
    const limits = { requests: fc.integer({ min: 1, max: 6 }), perMs: fc.integer({ min: 1, max: 900 }) };
    await fc.assert(
      fc.asyncProperty(
        callers,
        pauses,
        fc.record(limits),
        fc.nat(30),
        async (all, stops, { requests, perMs }, marginMs) => {
          const { clock, limiter } = limiterOf({ requests, perMs, marginMs });
          const start = clock.now();
          const sends: number[] = [];
          const granted: { asked: number; at: number }[] = [];
          let asked = 0;
          const sleep = (ms: number): Promise<void> => new Promise((resolve) => void clock.timer(ms, resolve));

          for (const { at, ms, lower } of stops) {
            clock.timer(at, () => {
              limiter.pause(ms);
              if (lower) limiter.lower();
            });
          }
          const outcomes = await clock.run(
            Promise.all(
              all.map(async ({ at, latency, restampAfter, ends, abortAfter }) => {
                await sleep(at);
                const controller = new AbortController();
                const number = asked++;
                if (abortAfter !== undefined) clock.timer(abortAfter, () => controller.abort(new Error('aborted')));
                try {
                  const permit = await limiter.acquire(controller.signal);
                  granted.push({ asked: number, at: clock.now() - start });
                  await sleep(latency);
                  if (ends === 'sent') {
                    permit.sent();
                    // Still within the window: what left it has made room for another already.
                    await sleep(Math.min(restampAfter, perMs + marginMs - 1));
                    permit.sent();
                    sends.push(clock.now());
                  }
                  permit.release();
                  return 'served';
                } catch {
                  return controller.signal.aborted ? 'aborted' : 'lost';
                }
              }),
            ),
          );

          sends.sort((a, b) => a - b);
          for (const [index, later] of sends.slice(requests).entries()) {
            expect(later - (sends[index] ?? 0)).toBeGreaterThanOrEqual(perMs + marginMs);
          }
          expect(outcomes).not.toContain('lost');
          expect(outcomes.filter((one, index) => one === 'aborted' && all[index]?.abortAfter === undefined)).toEqual(
            [],
          );
          expect(granted.map((one) => one.asked)).toEqual(granted.map((one) => one.asked).toSorted((a, b) => a - b));
          for (const { at } of granted) {
            expect(stops.filter((stop) => at > stop.at && at < stop.at + stop.ms)).toEqual([]);
          }
          // All is free again: a whole limit's worth goes at once, so no abort and no release has lost a permit.
          await clock.advance(perMs + marginMs + 10_000);
          // A lowered limit gets what was declared back, one by one.
          for (let window = 0; window < requests; window++) {
            (await limiter.acquire(noSignal)).release();
            await clock.advance(perMs + marginMs);
          }
          await Promise.all(Array.from({ length: requests }, () => limiter.acquire(noSignal)));
          expect(clock.timers).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('k windows carry k times the limit', async () => {
    const sizes = [
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 500 }),
    ] as const;
    await fc.assert(
      fc.asyncProperty(...sizes, async (requests, windows, perMs) => {
        const { clock, limiter } = limiterOf({ requests, perMs, marginMs: 5 });
        const start = clock.now();
        const ask = async (): Promise<void> => (await limiter.acquire(noSignal)).sent();
        await clock.run(Promise.all(Array.from({ length: requests * windows }, ask)));
        expect(clock.now() - start).toBe((windows - 1) * (perMs + 5));
      }),
      { numRuns: 50 },
    );
  });
});
