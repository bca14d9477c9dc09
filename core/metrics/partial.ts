/** What one page says about its records. Runs in worker threads, which share nothing: see `merge.ts`. */
import type { GroupPartial, MetricsPartial } from '../contracts/metrics.ts';
import type { Model } from '../contracts/model.ts';
import { binOf, bucketOf, isMeasurable, toMillionths } from './value-bins.ts';

/** Characters of a group's name that are kept: names come from upstreams. */
const maxNameLength = 200;

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
    bins: new Map(),
    negativeBins: new Map(),
    buckets: new Map(),
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

/** Counts one record into its group. A value that is no number below 1e15 leaves the record counted, not measured. */
export function measure(
  partial: MetricsPartial,
  record: Readonly<Record<string, unknown>>,
  metrics: Model['metrics'],
): void {
  const name = metrics?.group === undefined ? undefined : record[metrics.group];
  const group = groupNamed(partial, typeof name === 'string' ? shorten(name) : '');
  group.count++;
  const value = metrics?.value === undefined ? undefined : record[metrics.value];
  // Adding zero turns -0 into 0: which of the two came first must not show in a minimum.
  if (isMeasurable(value)) addValue(group, value + 0);
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
  else if (value > 0) addTo(group.bins, binOf(value), 1);
  else addTo(group.negativeBins, binOf(-value), 1);
  addTo(group.buckets, bucketOf(value), 1);
}

/** Adds `amount` to a counter. */
export function addTo(counts: Map<number, number>, key: number, amount: number): void {
  counts.set(key, (counts.get(key) ?? 0) + amount);
}

function shorten(name: string): string {
  return name.length > maxNameLength ? `${name.slice(0, maxNameLength - 1)}…` : name;
}
