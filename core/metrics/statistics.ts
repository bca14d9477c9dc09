/** From counts to the numbers that people read. */
import type { GroupPartial, MetricsPartial } from '../contracts/metrics.ts';
import type { GroupMetrics, RunMetrics, SourceMetrics, ValueStatistics } from '../contracts/report.ts';
import { pairsOf } from './counts.ts';
import { addGroup, boundGroups, mergeMetrics } from './merge.ts';
import { noValues } from './no-values.ts';
import { emptyGroup, groupNamed } from './partial.ts';
import { boundsOf, sketchOf } from './value-bins.ts';

/** How the report names the group of records that have none. */
const noGroup = '(none)';

/** The metrics of a run, from what was merged for each of its sources. The same counts give the same summary. */
export function summarise(sources: ReadonlyMap<string, MetricsPartial>): RunMetrics {
  const overall = emptyGroup();
  const distribution = new Map<string, number>();
  const bySource: [string, SourceMetrics][] = [];
  for (const [source, partial] of sources) {
    const groups = readableGroups(partial);
    const all = emptyGroup();
    for (const [name, group] of groups) {
      addGroup(all, group);
      distribution.set(name, (distribution.get(name) ?? 0) + group.count);
    }
    addGroup(overall, all);
    const categories = asObject([...groups].map(([name, group]) => [name, describe(group)]));
    bySource.push([source, { ...describe(all), categories }]);
  }
  const mostFirst = [...distribution].toSorted(([nameA, a], [nameB, b]) => b - a || (nameA < nameB ? -1 : 1));
  return { overall: describe(overall), by_source: asObject(bySource), category_distribution: asObject(mostFirst) };
}

/** At most `maxGroups` of them and one for the rest, the largest first; the one without a name has got one. */
function readableGroups(partial: MetricsPartial): MetricsPartial {
  const bounded: MetricsPartial = new Map();
  mergeMetrics(bounded, partial);
  boundGroups(bounded);
  const named: MetricsPartial = new Map();
  for (const [name, group] of bounded) addGroup(groupNamed(named, name === '' ? noGroup : name), group);
  return new Map([...named].toSorted(([nameA, a], [nameB, b]) => b.count - a.count || (nameA < nameB ? -1 : 1)));
}

function describe(group: GroupPartial): GroupMetrics {
  return { records: group.count, price: valueStatistics(group) };
}

function valueStatistics(group: GroupPartial): ValueStatistics {
  const { valued: count, min, max } = group;
  if (count === 0) return noValues;
  const quantile = quantiles(group);
  return {
    count,
    min,
    max,
    mean: Number(group.sum) / (count * 1e6),
    stddev: standardDeviation(group),
    p25: quantile(0.25),
    median: quantile(0.5),
    p75: quantile(0.75),
    p95: quantile(0.95),
    histogram: pairsOf(group.buckets).map(([bucket, inBucket]) => {
      const { from, to } = boundsOf(bucket);
      return { from, to, count: inBucket };
    }),
  };
}

/** √(n·Σx² − (Σx)²) ÷ n, subtracted in whole numbers: doubles would cancel each other out. */
function standardDeviation(group: GroupPartial): number {
  const spread = BigInt(group.valued) * group.sumOfSquares - group.sum * group.sum;
  return Math.sqrt(Number(spread)) / (group.valued * 1e6);
}

/** Reads quantiles off the bins. */
function quantiles(group: GroupPartial): (quantile: number) => number {
  const sketch = sketchOf(group);
  // A bin's value can lie just outside of what was seen.
  return (quantile) => Math.min(group.max, Math.max(group.min, sketch.getValueAtQuantile(quantile)));
}

/** Defines each key, `__proto__` too, as a property of its own. */
function asObject<Value>(entries: Iterable<readonly [string, Value]>): Readonly<Record<string, Value>> {
  return Object.fromEntries(entries);
}
