/** Counting how often whole numbers come. */
import type { Counts } from '../contracts/metrics.ts';

/** Nothing has come. */
export const noCounts: Counts = [];

/** The counts with `amount` more of `number`; `counts` itself, changed, where it has come before. */
export function counted(counts: Counts, number: number, amount: number): Counts {
  const place = placeOf(counts, number);
  if (counts[place] !== number) return counts.toSpliced(place, 0, number, amount);
  // Whoever holds counts holds them alone, but for `noCounts`, which nothing has come into.
  (counts as number[])[place + 1] = (counts[place + 1] ?? 0) + amount;
  return counts;
}

/** Both together; `from` stays as it is. */
export function countedAll(counts: Counts, from: Counts): Counts {
  if (counts.length === 0) return from.slice();
  let sum = counts;
  for (let place = 0; place < from.length; place += 2) sum = counted(sum, from[place] ?? 0, from[place + 1] ?? 0);
  return sum;
}

/** Each number with its count, by number. */
export function pairsOf(counts: Counts): (readonly [number: number, count: number])[] {
  const pairs: (readonly [number, number])[] = [];
  for (let place = 0; place < counts.length; place += 2) pairs.push([counts[place] ?? 0, counts[place + 1] ?? 0]);
  return pairs;
}

/** The counts that were written as such pairs, in any order. */
export function countsOf(pairs: readonly (readonly [number: number, count: number])[]): Counts {
  return pairs.reduce((counts, [number, count]) => counted(counts, number, count), noCounts);
}

/** Where a number stands, or would stand. */
function placeOf(counts: Counts, number: number): number {
  let low = 0;
  let high = counts.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((counts[middle * 2] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low * 2;
}
