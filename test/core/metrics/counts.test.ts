import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Counts } from '../../../core/contracts/metrics.ts';
import { counted, countedAll, countsOf, noCounts, pairsOf } from '../../../core/metrics/counts.ts';

type Pair = readonly [number: number, count: number];

const pairs = fc.array(fc.tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: 1, max: 5 })));

/** What a map counts, by number. */
function inMap(all: readonly Pair[]): Pair[] {
  const map = new Map<number, number>();
  for (const [number, count] of all) map.set(number, (map.get(number) ?? 0) + count);
  return [...map].toSorted(([a], [b]) => a - b);
}

describe('counted', () => {
  it('counts as a map does, in the order of the numbers', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        let counts: Counts = noCounts;
        for (const [number, count] of all) counts = counted(counts, number, count);
        expect(pairsOf(counts)).toEqual(inMap(all));
        expect(countsOf(all)).toEqual(counts);
        expect(noCounts).toEqual([]);
      }),
    );
  });
});

describe('countedAll', () => {
  it('adds one to the other, which stays as it is and shares nothing with the sum', () => {
    fc.assert(
      fc.property(pairs, pairs, (all, more) => {
        const from = countsOf(more);
        const sum = countedAll(countsOf(all), from);
        expect(pairsOf(sum)).toEqual(inMap([...all, ...more]));
        expect(from).toEqual(countsOf(more));
        for (const [number] of more) counted(sum, number, 1);
        expect(from).toEqual(countsOf(more));
      }),
    );
  });
});
