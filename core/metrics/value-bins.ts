/** Where a value falls: in millionths, in the bins of the quantile sketch, in the buckets of the histogram. */
import { DDSketch } from '@datadog/sketches-js';
import type { Counts } from '../contracts/metrics.ts';
import { noCounts, pairsOf } from './counts.ts';

/** A quantile is within this share of a value at its rank. */
const relativeAccuracy = 0.01;

/** Values of this magnitude or more are not measured: their millionths would be made up. */
const valueLimit = 1e15;

const { mapping } = createSketch();

/** An empty sketch whose bins are those of `binOf`. */
function createSketch(): DDSketch {
  return new DDSketch({ relativeAccuracy });
}

/** Values counted by the bins of their magnitudes, and zeros. */
interface Binned {
  readonly bins: Counts;
  /** Of values below zero. Default: there are none. */
  readonly negativeBins?: Counts;
  readonly zeros: number;
}

/** The sketch of such values. It is filled bin by bin: its own `merge` loses negative values. */
export function sketchOf({ bins, negativeBins = noCounts, zeros }: Binned): DDSketch {
  const sketch = createSketch();
  for (const [bin, count] of pairsOf(bins)) sketch.accept(valueOfBin(bin), count);
  for (const [bin, count] of pairsOf(negativeBins)) sketch.accept(-valueOfBin(bin), count);
  if (zeros > 0) sketch.accept(0, zeros);
  return sketch;
}

/** Whether a value can be measured. */
export function isMeasurable(value: unknown): value is number {
  return typeof value === 'number' && value > -valueLimit && value < valueLimit;
}

/** A value as a whole number of millionths: sums of whole numbers are the same in any order. */
export function toMillionths(value: number): number {
  return Math.round(value * 1e6);
}

/** Bin of a positive value in the quantile sketch (DDSketch, Masson, Rim and Lee, VLDB 2019). */
export function binOf(positive: number): number {
  return mapping.key(positive);
}

/** A value that stands for all of a bin. */
function valueOfBin(bin: number): number {
  return mapping.value(bin);
}

/** Lower bounds of the histogram's buckets: 1, 2 and 5 times each power of ten, on both sides of zero, and zero. */
const edges: readonly number[] = (() => {
  const positive: number[] = [];
  // Parsed, not multiplied: `0.1 * 3` is not `0.3`, and an edge has to be the number that people write.
  for (let power = -6; power < 15; power++)
    for (const digit of ['1', '2', '5']) positive.push(Number(`${digit}e${power}`));
  positive.push(valueLimit);
  return [...positive.map((edge) => -edge).toReversed(), 0, ...positive];
})();

/** Index of the bucket [from, to) that holds a measurable value. */
export function bucketOf(value: number): number {
  let low = 0;
  let high = edges.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (value < (edges[middle] ?? 0)) high = middle;
    else low = middle;
  }
  return low;
}

/** The bounds of a bucket. */
export function boundsOf(bucket: number): { readonly from: number; readonly to: number } {
  return { from: edges[bucket] ?? -valueLimit, to: edges[bucket + 1] ?? valueLimit };
}
