import { counted, noCounts } from '../metrics/counts.ts';
import { binOf, sketchOf } from '../metrics/value-bins.ts';

/** Quantiles of a stream of durations in bounded memory, each within 1 % of a value at that rank (DDSketch). */
export interface Quantiles {
  /** `count` times the value; default once. */
  add(value: number, count?: number): void;
  /** The value at rank `quantile` in [0, 1], rounded to thousandths; null where nothing was added. */
  at(quantile: number): number | null;
}

/** Finer than any clock: what is below is nothing, which bounds the number of bins. */
const leastMs = 1e-6;

/** Quantiles of nothing yet. */
export function createQuantiles(): Quantiles {
  // Not in a sketch, which makes room for a whole range of values at the first of them: a run has two for each source.
  let bins = noCounts;
  let zeros = 0;
  return {
    add(value, count = 1) {
      if (value < leastMs) zeros += count;
      else bins = counted(bins, binOf(value), count);
    },
    at(quantile) {
      if (zeros === 0 && bins.length === 0) return null;
      return thousandths(sketchOf({ bins, zeros }).getValueAtQuantile(quantile));
    },
  };
}

/** Rounds to three places: more would only show how floating point adds up. */
export function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}
