import { describe, expect, it } from 'vitest';
import { type Arrival, closestWindow } from '../../../cli/chaos/closest-window.ts';

describe('closestWindow', () => {
  const at = (...times: number[]): Arrival[] => times.map((time) => ({ earliest: time - 2, latest: time }));

  it('finds the closest ends of any requests + 1 arrivals, wherever the window begins and in whatever order they are', () => {
    expect(closestWindow(at(0, 900, 950, 1001, 1940), 2)).toBe(103);
    expect(closestWindow(at(1940, 950, 0, 1001, 900), 2)).toBe(103);
  });

  it('leaves out what may have come before the window, though it was handled within', () => {
    const late = { earliest: -500, latest: 902 };
    expect(closestWindow([...at(0, 900, 950, 1001, 1940), late], 2)).toBe(103);
    expect(closestWindow([...at(0, 900), late], 2)).toBe(1402);
  });

  it('finds nothing where there are no more arrivals than the limit', () => {
    expect(closestWindow(at(0, 1), 2)).toBeUndefined();
  });
});
