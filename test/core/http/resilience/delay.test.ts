import { expect, test } from 'vitest';
import { delay } from '../../../../core/http/resilience/delay.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { isSettled, rejection } from '../support.ts';

test('resolves after the time, and not before', async () => {
  const clock = fakeClock();
  const waited = delay(100, clock, new AbortController().signal);
  await clock.advance(99);
  expect(await isSettled(waited)).toBe(false);
  await clock.advance(1);
  expect(await isSettled(waited)).toBe(true);
});

test('an abort rejects with its reason at once and leaves no timer', async () => {
  const clock = fakeClock();
  const controller = new AbortController();
  const reason = new Error('stop');
  const waited = rejection(delay(100, clock, controller.signal));
  controller.abort(reason);
  expect(await waited).toBe(reason);
  expect(await rejection(delay(100, clock, controller.signal))).toBe(reason);
  expect(clock.timers).toBe(0);
});

test('no time needs no timer', async () => {
  const clock = fakeClock();
  await delay(0, clock, new AbortController().signal);
  expect(clock.timers).toBe(0);
});
