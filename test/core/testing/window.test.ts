import { describe, expect, it } from 'vitest';
import { limitProblem, mostInWindow } from '../../../core/testing/source/window.ts';

const sends = (...times: number[]) => times.map((at) => ({ at, cost: 1, way: 0 }));

describe('the most within a window', () => {
  it('is that of the fullest one, wherever it begins', () => {
    expect(mostInWindow([], 1000)).toBe(0);
    expect(mostInWindow(sends(0, 400, 900, 1300, 1399), 1000)).toBe(4);
    // What is a whole window apart is in none together.
    expect(mostInWindow(sends(0, 1000, 2000), 1000)).toBe(1);
    expect(mostInWindow(sends(0, 999), 1000)).toBe(2);
  });

  it('counts what requests cost', () => {
    const costly = [3, 2, 4].map((cost, index) => ({ at: index * 600, cost, way: 0 }));
    expect(mostInWindow(costly, 1000)).toBe(6);
  });
});

describe('a declared limit', () => {
  it('makes sense up to ten thousand a second, in whole requests', () => {
    expect(limitProblem({ requests: 10, perMs: 1 })).toBeUndefined();
    expect(limitProblem({ requests: 11, perMs: 1 })).toBe(
      'rateLimit allows 11 requests in 1 ms, which is 11000 a second: perMs is in milliseconds',
    );
    expect(limitProblem({ requests: 1.5, perMs: 1000 })).toBe(
      'rateLimit says 1.5 requests: give a whole number, over a longer time',
    );
  });
});
