import { LogCollapsingLowestDenseDDSketch } from '@datadog/sketches-js';

/** Quantiles of a stream of durations in bounded memory, each within 1 % of a value at that rank (DDSketch). */
export interface Quantiles {
  /** `count` times the value; default once. */
  add(value: number, count?: number): void;
  /** The value at rank `quantile` in [0, 1], rounded to thousandths; null where nothing was added. */
  at(quantile: number): number | null;
}

/** Quantiles of nothing yet. */
export function createQuantiles(): Quantiles {
  // A collapsing store has a fixed number of bins, however far apart the values are.
  const sketch = new LogCollapsingLowestDenseDDSketch({ relativeAccuracy: 0.01 });
  return {
    add: (value, count) => sketch.accept(value, count),
    at: (quantile) => (sketch.count === 0 ? null : thousandths(sketch.getValueAtQuantile(quantile))),
  };
}

/** Rounds to three places: more would only show how floating point adds up. */
export function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}
