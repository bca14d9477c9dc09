/**
 * How often each of some whole numbers came: number, count, number, count, …, by number. A `Map` takes 200 bytes for its
 * first entry, and a run holds three of these for each group of each source.
 */
export type Counts = readonly number[];

/**
 * What a set of records says about one group, as plain data that any two can be added up: the sums are
 * exact integers, so no order of adding changes the result.
 */
export interface GroupPartial {
  /** Records, with or without a value. */
  count: number;
  /** Records that have a value. */
  valued: number;
  min: number;
  max: number;
  /** Sum of values in millionths, exact. */
  sum: bigint;
  /** Sum of squared millionths, exact. */
  sumOfSquares: bigint;
  /** Values that round to zero millionths. */
  zeros: number;
  /** Quantile sketch: bin index of a positive value → how many. */
  bins: Counts;
  /** The same for negative values. */
  negativeBins: Counts;
  /** Histogram, counted exactly: index of a bucket on the 1-2-5 scale → how many. */
  buckets: Counts;
}

/** Group name → what its records say. The empty string is the group of records without one. */
export type MetricsPartial = Map<string, GroupPartial>;

/**
 * What the records of one page say, by columns: handed over between threads it costs a tenth of what a partial would,
 * with its three maps a group.
 */
export interface PageMetrics {
  /** The groups of the page's records, each once. */
  readonly groups: readonly string[];
  /** For each record, the index of its group. */
  readonly groupOf: Uint32Array<ArrayBuffer>;
  /** For each record, its value; NaN where it has none that can be measured. */
  readonly values: Float64Array<ArrayBuffer>;
}
