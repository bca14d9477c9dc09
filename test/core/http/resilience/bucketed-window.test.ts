import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBucketedWindow } from '../../../../core/http/resilience/bucketed-window.ts';
import { fakeClock } from '../../../support/fake-clock.ts';

test('counts all of the last window, and nothing older than a window and a sixtieth', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5000 }),
      fc.array(fc.oneof(fc.constant(0), fc.nat(50), fc.nat(6000)), { maxLength: 60 }),
      async (windowMs, gaps) => {
        const clock = fakeClock();
        const counter = createBucketedWindow({ windowMs, clock });
        const times: number[] = [];
        for (const gap of gaps) {
          await clock.advance(gap);
          counter.add();
          times.push(clock.now());
          const within = (ms: number): number => times.filter((time) => time > clock.now() - ms).length;
          expect(counter.total()).toBeGreaterThanOrEqual(within(windowMs));
          expect(counter.total()).toBeLessThanOrEqual(within(windowMs + windowMs / 60 + 1e-6));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('what was taken back counts no more, and is taken back once only', () => {
  const counter = createBucketedWindow({ windowMs: 1000, clock: fakeClock() });
  const takeBack = counter.add();
  counter.add();
  takeBack();
  takeBack();
  expect(counter.total()).toBe(1);
});

test('says when the oldest stop to count', async () => {
  const clock = fakeClock();
  const counter = createBucketedWindow({ windowMs: 600, clock });
  expect(counter.expiresIn()).toBeUndefined();
  counter.add();
  await clock.advance(300);
  counter.add();
  await clock.advance(counter.expiresIn() ?? 0);
  expect(counter.total()).toBe(1);
  await clock.advance(counter.expiresIn() ?? 0);
  expect([counter.total(), counter.expiresIn()]).toEqual([0, undefined]);
});

test('clear forgets everything', () => {
  const counter = createBucketedWindow({ windowMs: 600, clock: fakeClock() });
  counter.add();
  counter.clear();
  expect(counter.total()).toBe(0);
});
