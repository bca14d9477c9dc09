import { describe, expect, test } from 'vitest';
import { defaultConcurrency } from '../../core/rate-limits.ts';

describe('defaultConcurrency', () => {
  test.each([
    [[{ requests: 5, perMs: 1000 }], 16],
    [[{ requests: 50, perMs: 1000 }], 50],
    [[{ requests: 3000, perMs: 60_000 }], 50],
    [[{ requests: 10_000_000, perMs: 1000 }], 64],
    // The strictest window decides.
    [
      [
        { requests: 50, perMs: 1000 },
        { requests: 100, perMs: 60_000 },
      ],
      16,
    ],
  ])('keeps %j busy with answers of a second, within bounds', (windows, expected) => {
    expect(defaultConcurrency(windows)).toBe(expected);
  });
});
