/** What a set of records says, counted record by record. */
import type { GroupPartial, MetricsPartial } from '../contracts/metrics.ts';
import { counted, noCounts } from './counts.ts';
import { binOf, bucketOf, toMillionths } from './value-bins.ts';

/** A group that nothing has been counted into. */
export function emptyGroup(): GroupPartial {
  return {
    count: 0,
    valued: 0,
    min: Infinity,
    max: -Infinity,
    sum: 0n,
    sumOfSquares: 0n,
    zeros: 0,
    bins: noCounts,
    negativeBins: noCounts,
    buckets: noCounts,
  };
}

/** The group called `name`, made where there is none. */
export function groupNamed(partial: MetricsPartial, name: string): GroupPartial {
  let group = partial.get(name);
  if (group === undefined) {
    group = emptyGroup();
    partial.set(name, group);
  }
  return group;
}

/** Counts one record; `value` is NaN where it has none that can be measured. */
export function addRecord(group: GroupPartial, value: number): void {
  group.count++;
  if (!Number.isNaN(value)) addValue(group, value);
}

function addValue(group: GroupPartial, value: number): void {
  const millionths = toMillionths(value);
  const exact = BigInt(millionths);
  group.valued++;
  group.sum += exact;
  group.sumOfSquares += exact * exact;
  if (value < group.min) group.min = value;
  if (value > group.max) group.max = value;
  // Whatever rounds to zero shares one count, which bounds the number of bins.
  if (millionths === 0) group.zeros++;
  else if (value > 0) group.bins = counted(group.bins, binOf(value), 1);
  else group.negativeBins = counted(group.negativeBins, binOf(-value), 1);
  group.buckets = counted(group.buckets, bucketOf(value), 1);
}

/** Adds `amount` to a counter. */
export function addTo<Key>(counts: Map<Key, number>, key: Key, amount: number): void {
  counts.set(key, (counts.get(key) ?? 0) + amount);
}
