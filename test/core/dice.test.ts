import { describe, expect, it } from 'vitest';
import { createDice } from '../../core/dice.ts';

const rolls = (seed: number | string, count = 1000): number[] => {
  const dice = createDice(seed);
  return Array.from({ length: count }, () => dice.roll());
};

describe('createDice', () => {
  it('repeats itself for the same seed and differs for another', () => {
    expect(rolls('a', 50)).toEqual(rolls('a', 50));
    expect(rolls('a', 50)).not.toEqual(rolls('b', 50));
    expect(rolls(1, 1)).not.toEqual(rolls(2, 1));
  });

  it('spreads evenly over [0, 1), also over the first rolls of neighbouring seeds', () => {
    const firsts = Array.from({ length: 1000 }, (_, seed) => createDice(seed).roll());
    for (const sample of [rolls('any'), firsts]) {
      const tenths = Array.from(
        { length: 10 },
        (_, tenth) => sample.filter((v) => Math.floor(v * 10) === tenth).length,
      );
      expect(tenths.reduce((a, b) => a + b)).toBe(1000);
      expect(Math.min(...tenths)).toBeGreaterThan(60);
      expect(Math.max(...tenths)).toBeLessThan(140);
    }
  });

  it('reaches both bounds of a range and every element of a list, and nothing else', () => {
    const dice = createDice('bounds');
    expect(new Set(Array.from({ length: 200 }, () => dice.int(-1, 2)))).toEqual(new Set([-1, 0, 1, 2]));
    expect(new Set(Array.from({ length: 200 }, () => dice.pick(['x', 'y'])))).toEqual(new Set(['x', 'y']));
    expect(dice.int(7, 7)).toBe(7);
  });
});
