import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRetryBudget } from '../../../../core/http/resilience/retry-budget.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { hastyClock, isSettled, rejection } from '../support.ts';

const noSignal = new AbortController().signal;

function budgetOf(minimum: number, windowMs = 60_000) {
  const clock = fakeClock();
  return { clock, budget: createRetryBudget({ clock, windowMs, minimum }) };
}

describe('a retry budget', () => {
  test('lets the minimum through without any first attempt, then delays until the window has passed', async () => {
    const { clock, budget } = budgetOf(20);
    const start = clock.now();
    for (let retries = 0; retries < 20; retries++) await budget.spend(noSignal);
    expect(clock.timers).toBe(0);
    await clock.run(budget.spend(noSignal));
    expect(clock.now() - start).toBeGreaterThanOrEqual(60_000);
    expect(clock.now() - start).toBeLessThanOrEqual(61_000);
  });

  test('lets as many through as there were first attempts, and a new one makes room at once', async () => {
    const { budget } = budgetOf(2);
    for (let firsts = 0; firsts < 5; firsts++) budget.first();
    for (let retries = 0; retries < 5; retries++) await budget.spend(noSignal);
    const sixth = budget.spend(noSignal);
    const seventh = budget.spend(noSignal);
    expect(await isSettled(sixth)).toBe(false);
    budget.first();
    expect([await isSettled(sixth), await isSettled(seventh)]).toEqual([true, false]);
  });

  test('a timer that rings before the last retry stops to count leaves nobody waiting for ever', async () => {
    const { base, clock } = hastyClock();
    const budget = createRetryBudget({ clock, windowMs: 600, minimum: 1 });
    await budget.spend(noSignal);
    const second = budget.spend(noSignal);
    await base.advance(700);
    expect(await isSettled(second)).toBe(true);
  });

  test('a retry that was not made makes room for the next', async () => {
    const { clock, budget } = budgetOf(1);
    const takeBack = await budget.spend(noSignal);
    const second = budget.spend(noSignal);
    takeBack();
    expect(await isSettled(second)).toBe(true);
    expect(clock.timers).toBe(0);
  });

  test('a first attempt that was not made counts no more', async () => {
    const { budget } = budgetOf(1);
    budget.first();
    budget.first()();
    await budget.spend(noSignal);
    expect(await isSettled(budget.spend(noSignal))).toBe(false);
  });

  test('an abort leaves the line at once, and the last one takes the timer along', async () => {
    const { clock, budget } = budgetOf(1);
    await budget.spend(noSignal);
    const controller = new AbortController();
    const reason = new Error('stop');
    const waiting = rejection(budget.spend(controller.signal));
    expect(clock.timers).toBe(1);
    controller.abort(reason);
    expect(await waiting).toBe(reason);
    expect(await rejection(budget.spend(controller.signal))).toBe(reason);
    expect(clock.timers).toBe(0);
  });

  test('whatever comes, no window holds more retries than it may, all are served in order, and none is dropped', async () => {
    const steps = fc.array(
      fc.record({ at: fc.nat(5000), kind: fc.constantFrom('first' as const, 'retry' as const, 'retry' as const) }),
      { minLength: 1, maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 60, max: 2000 }),
        async (all, minimum, windowMs) => {
          const { clock, budget } = budgetOf(minimum, windowMs);
          const firsts: number[] = [];
          const retries: { at: number; asked: number }[] = [];
          let asked = 0;
          const sleep = (ms: number): Promise<void> => new Promise((resolve) => void clock.timer(ms, resolve));
          const run = async ({ at, kind }: (typeof all)[number]): Promise<void> => {
            await sleep(at);
            if (kind === 'first') {
              firsts.push(clock.now());
              budget.first();
              return;
            }
            const number = asked++;
            await budget.spend(noSignal);
            retries.push({ at: clock.now(), asked: number });
          };
          await clock.run(Promise.all(all.map(run)));
          expect(retries.map((one) => one.asked)).toEqual([...retries.keys()]);
          for (const { at, asked: number } of retries) {
            const before = retries.filter((one) => one.asked <= number && one.at > at - windowMs).length;
            const counted = firsts.filter((time) => time <= at && time > at - windowMs - windowMs / 60 - 1e-6).length;
            expect(before).toBeLessThanOrEqual(Math.max(minimum, counted));
          }
          expect(clock.timers).toBe(0);
        },
      ),
      { numRuns: 80 },
    );
  });
});
