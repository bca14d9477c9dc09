import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs } from '../../../../core/http/resilience/backoff.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('stays between 0 and the exponential bound, and the bound below the maximum, for any attempt', () => {
  const settings = { baseMs: fc.integer({ min: 0, max: 1e7 }), maxMs: fc.integer({ min: 0, max: 1e7 }) };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e7 }), fc.record(settings), random, (attempt, { baseMs, maxMs }, drawn) => {
      const ms = backoffMs(attempt, { baseMs, maxMs }, () => drawn);
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThanOrEqual(maxMs);
      expect(ms).toBeLessThanOrEqual(baseMs * 2 ** Math.min(attempt - 1, 100));
    }),
  );
});

test('the bound doubles with each attempt until the maximum', () => {
  const bounds = [1, 2, 3, 4, 5].map((attempt) => backoffMs(attempt, { baseMs: 100, maxMs: 1000 }, () => 1));
  expect(bounds).toEqual([100, 200, 400, 800, 1000]);
});

test('the jitter takes the whole range', () => {
  expect([0, 0.25, 0.5].map((drawn) => backoffMs(2, { baseMs: 100, maxMs: 1000 }, () => drawn))).toEqual([0, 50, 100]);
});
