import type { SourceFigures } from '../contracts/journal.ts';
import type { GroupPartial, MetricsPartial } from '../contracts/metrics.ts';
import { countsOf, pairsOf } from '../metrics/counts.ts';
import { mergeMetrics } from '../metrics/merge.ts';
import type { QualityCount } from '../contracts/quality.ts';
import type { TimeSpent } from '../contracts/stages.ts';
import { addTo } from '../metrics/partial.ts';
import { addTime } from '../metrics/time.ts';
import { mergeDrops } from '../processing/drop-reasons.ts';
import { mergeCategories, noCategories } from '../quality/categories.ts';
import { mergeQuality, subtractQuality } from '../quality/counts.ts';
import { mergeRejectGroups, subtractRejectGroups } from './reject-groups.ts';

const zeros = {
  pages: 0,
  ignored: 0,
  unchanged: 0,
  records: 0,
  read: 0,
  rejected: 0,
  duplicates: 0,
  dropped: 0,
  split: 0,
  requests: 0,
  retries: 0,
  bytes: 0,
  limiterWaitMs: 0,
  processingMs: 0,
};
type Counters = typeof zeros;
/** The names of all plain numbers among the figures. */
export const counters = Object.keys(zeros) as readonly (keyof Counters)[];

/** The figures of a source of which nothing has been told. */
export function noFigures(): SourceFigures {
  const counts = { statuses: new Map(), time: new Map(), drops: new Map(), quality: new Map() };
  return { ...zeros, ...counts, categories: noCategories(), metrics: new Map(), rejects: [] };
}

/** Records of all sources together. */
export function recordsOf(sources: ReadonlyMap<string, Pick<SourceFigures, 'records'>>): number {
  return [...sources.values()].reduce((sum, { records }) => sum + records, 0);
}

/** Adds `from` to `into` and leaves `from` as it is. */
export function addFigures(into: SourceFigures, from: SourceFigures): void {
  for (const counter of counters) into[counter] += from[counter];
  for (const [status, count] of from.statuses) addTo(into.statuses, status, count);
  for (const [use, ms] of from.time) addTo(into.time, use, ms);
  mergeDrops(into.drops, from.drops);
  mergeQuality(into.quality, from.quality);
  mergeCategories(into.categories, from.categories);
  mergeMetrics(into.metrics, from.metrics);
  into.rejects = mergeRejectGroups(into.rejects, from.rejects);
}

/** Takes back rejected items that are going to be tried again. */
export function subtractFigures(from: SourceFigures, items: SourceFigures): void {
  from.read -= items.read;
  from.split -= items.split;
  from.rejected -= items.rejected;
  subtractQuality(from.quality, items.quality);
  from.rejects = subtractRejectGroups(from.rejects, items.rejects);
}

/** Figures as they stand in a line of the journal; what is zero or empty is left out. */
export interface WrittenFigures {
  readonly n?: Partial<Counters>;
  readonly statuses?: Pairs;
  readonly time?: TimeSpent;
  readonly drops?: readonly (readonly [reason: string, count: number])[];
  readonly quality?: readonly (readonly [rule: string, count: QualityCount])[];
  /** Of the mapping, and not of it. */
  readonly categories?: readonly [mapped: Names, unmapped: Names];
  readonly metrics?: readonly WrittenGroup[];
  readonly rejects?: SourceFigures['rejects'];
}

type Names = readonly (readonly [name: string, count: number])[];

type Pairs = readonly (readonly [number, number])[];

/** Name, [count, valued, zeros], [min, max], [sum, sum of squares], bins, negative bins, buckets. */
type WrittenGroup = readonly [
  name: string,
  counts: readonly [count: number, valued: number, zeros: number],
  range: readonly [min: number, max: number] | null,
  /** Text, for they are larger than a number can hold exactly. */
  sums: readonly [sum: string, sumOfSquares: string],
  bins: Pairs,
  negativeBins: Pairs,
  buckets: Pairs,
];

/** Puts figures into plain JSON. */
export function writeFigures(figures: SourceFigures): WrittenFigures {
  const { mapped, unmapped } = figures.categories;
  const told = counters.filter((name) => figures[name] > 0).map((name) => [name, figures[name]]);
  return {
    ...(told.length > 0 && { n: Object.fromEntries(told) as Partial<Counters> }),
    ...(figures.statuses.size > 0 && { statuses: [...figures.statuses] }),
    ...(figures.time.size > 0 && { time: Object.fromEntries(figures.time) }),
    ...(figures.drops.size > 0 && { drops: [...figures.drops] }),
    ...(figures.quality.size > 0 && { quality: [...figures.quality] }),
    ...(mapped.size + unmapped.size > 0 && { categories: [[...mapped], [...unmapped]] as const }),
    ...(figures.metrics.size > 0 && { metrics: [...figures.metrics].map(writeGroup) }),
    ...(figures.rejects.length > 0 && { rejects: figures.rejects }),
  };
}

/** Reads what `writeFigures` wrote. */
export function readFigures(written: WrittenFigures): SourceFigures {
  const {
    n = {},
    statuses = [],
    time = {},
    drops = [],
    quality = [],
    categories = [],
    metrics = [],
    rejects = [],
  } = written;
  const [mapped = [], unmapped = []] = categories;
  const figures = noFigures();
  addTime(figures.time, time);
  const groups: MetricsPartial = new Map(metrics.map(readGroup));
  const counts = { statuses: new Map(statuses), drops: new Map(drops), quality: new Map(quality) };
  const names = { mapped: new Map(mapped), unmapped: new Map(unmapped) };
  return { ...figures, ...n, ...counts, categories: names, metrics: groups, rejects: [...rejects] };
}

function writeGroup([name, group]: [string, GroupPartial]): WrittenGroup {
  return [
    name,
    [group.count, group.valued, group.zeros],
    group.valued === 0 ? null : [group.min, group.max],
    [String(group.sum), String(group.sumOfSquares)],
    pairsOf(group.bins),
    pairsOf(group.negativeBins),
    pairsOf(group.buckets),
  ];
}

function readGroup(written: WrittenGroup): [string, GroupPartial] {
  const [name, [count, valued, zeroValues], range, [sum, sumOfSquares], bins, negativeBins, buckets] = written;
  const group = {
    count,
    valued,
    min: range?.[0] ?? Infinity,
    max: range?.[1] ?? -Infinity,
    sum: BigInt(sum),
    sumOfSquares: BigInt(sumOfSquares),
    zeros: zeroValues,
    bins: countsOf(bins),
    negativeBins: countsOf(negativeBins),
    buckets: countsOf(buckets),
  };
  return [name, group];
}
