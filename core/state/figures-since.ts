import type { SourceFigures } from '../contracts/journal.ts';
import type { Counts, GroupPartial, MetricsPartial } from '../contracts/metrics.ts';
import type { QualityCounts } from '../contracts/quality.ts';
import { countsOf, pairsOf } from '../metrics/counts.ts';
import { emptyGroup } from '../metrics/partial.ts';
import { counters, noFigures } from './figures.ts';
import { subtractRejectGroups } from './reject-groups.ts';

/**
 * What `after` has more than `before`, of which it is what became later on: added to `before`, it makes `after`. Names
 * that were put together meanwhile, because they were too many, are taken off where they stood.
 */
export function figuresSince(after: SourceFigures, before: SourceFigures): SourceFigures {
  const since = noFigures();
  for (const counter of counters) since[counter] = after[counter] - before[counter];
  return {
    ...since,
    statuses: countsSince(after.statuses, before.statuses),
    time: countsSince(after.time, before.time),
    drops: countsSince(after.drops, before.drops),
    quality: qualitySince(after.quality, before.quality),
    categories: {
      mapped: countsSince(after.categories.mapped, before.categories.mapped),
      unmapped: countsSince(after.categories.unmapped, before.categories.unmapped),
    },
    metrics: metricsSince(after.metrics, before.metrics),
    rejects: subtractRejectGroups(after.rejects, before.rejects),
  };
}

function countsSince<Key>(after: ReadonlyMap<Key, number>, before: ReadonlyMap<Key, number>): Map<Key, number> {
  const since = new Map<Key, number>();
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const count = (after.get(key) ?? 0) - (before.get(key) ?? 0);
    if (count !== 0) since.set(key, count);
  }
  return since;
}

function binsSince(after: Counts, before: Counts): Counts {
  return countsOf([...countsSince(new Map(pairsOf(after)), new Map(pairsOf(before)))]);
}

function qualitySince(after: QualityCounts, before: QualityCounts): QualityCounts {
  const since: QualityCounts = new Map();
  for (const [rule, { failed, examples }] of after) {
    const known = before.get(rule);
    const more = failed - (known?.failed ?? 0);
    if (more > 0) since.set(rule, { failed: more, examples: examples.slice(known?.examples.length ?? 0) });
  }
  return since;
}

function metricsSince(after: MetricsPartial, before: MetricsPartial): MetricsPartial {
  const since: MetricsPartial = new Map();
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const group = groupSince(after.get(name) ?? emptyGroup(), before.get(name) ?? emptyGroup());
    if (group.count !== 0) since.set(name, group);
  }
  return since;
}

function groupSince(after: GroupPartial, before: GroupPartial): GroupPartial {
  return {
    count: after.count - before.count,
    valued: after.valued - before.valued,
    // Those of both together: which of the two had them makes no difference once they are added up again.
    min: after.min,
    max: after.max,
    sum: after.sum - before.sum,
    sumOfSquares: after.sumOfSquares - before.sumOfSquares,
    zeros: after.zeros - before.zeros,
    bins: binsSince(after.bins, before.bins),
    negativeBins: binsSince(after.negativeBins, before.negativeBins),
    buckets: binsSince(after.buckets, before.buckets),
  };
}
