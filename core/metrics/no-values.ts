import type { ValueStatistics } from '../contracts/report.ts';

/** What is said of values where there are none. */
export const noValues: ValueStatistics = {
  count: 0,
  min: null,
  max: null,
  mean: null,
  stddev: null,
  p25: null,
  median: null,
  p75: null,
  p95: null,
  histogram: [],
};
