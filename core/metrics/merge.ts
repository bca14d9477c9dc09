/** Adding up what pages say: the only synchronisation that the workers' counts need. */
import type { GroupPartial, MetricsPartial } from '../contracts/metrics.ts';
import { countedAll } from './counts.ts';
import { groupNamed } from './partial.ts';

/** Groups of a source that are kept apart: their names come from upstreams, who may send any number. */
export const maxGroups = 1000;

/** Name of the group that holds the records of all the others. */
export const otherGroups = '(other)';

/**
 * Adds `from` to `into` and leaves `from` as it is. All that is added are integers, minima and maxima, so any
 * split of the records into pages and any order of merging end in the same sums.
 */
export function mergeMetrics(into: MetricsPartial, from: MetricsPartial): void {
  for (const [name, group] of from) addGroup(groupNamed(into, name), group);
  foldOverflow(into);
}

/** `boundGroups`, once twice as many have gathered: the sorting is paid for once in a thousand new groups. */
export function foldOverflow(partial: MetricsPartial): void {
  if (partial.size > 2 * maxGroups) boundGroups(partial);
}

/**
 * Folds all groups but the first `maxGroups` by name into `otherGroups`. It makes no difference when and how
 * often that happens: a group among the first of all is among the first of every part it stands in, so it is
 * never folded; any other group is folded in the end, and what had been folded before waits there for the rest.
 */
export function boundGroups(partial: MetricsPartial): void {
  if (partial.size <= maxGroups) return;
  const names = [...partial.keys()].filter((name) => name !== otherGroups).toSorted(byCodeUnits);
  for (const name of names.slice(maxGroups)) {
    const group = partial.get(name);
    if (group === undefined) continue;
    addGroup(groupNamed(partial, otherGroups), group);
    partial.delete(name);
  }
}

/** Adds one group to another. */
export function addGroup(into: GroupPartial, from: GroupPartial): void {
  into.count += from.count;
  into.valued += from.valued;
  into.min = Math.min(into.min, from.min);
  into.max = Math.max(into.max, from.max);
  into.sum += from.sum;
  into.sumOfSquares += from.sumOfSquares;
  into.zeros += from.zeros;
  into.bins = countedAll(into.bins, from.bins);
  into.negativeBins = countedAll(into.negativeBins, from.negativeBins);
  into.buckets = countedAll(into.buckets, from.buckets);
}

/** The order of JavaScript's own `<`: the same on every machine, whatever its locale. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
