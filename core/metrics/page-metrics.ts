/** From the records of a page to its columns, in a worker thread; and from there into the sums, on the main thread. */
import type { MetricsPartial, PageMetrics } from '../contracts/metrics.ts';
import type { Model } from '../contracts/model.ts';
import { foldOverflow } from './merge.ts';
import { addRecord, groupNamed } from './partial.ts';
import { isMeasurable } from './value-bins.ts';

/** Characters of a group's name that are kept: names come from upstreams. */
const maxNameLength = 200;

/** Gathers what the records of one page say. */
export interface PageMetricsBuilder {
  /** Takes in one record. A value that is no number below 1e15 leaves the record counted, not measured. */
  add(record: Readonly<Record<string, unknown>>): void;
  build(): PageMetrics;
}

/** Begins a page; `metrics` is what its model measures. */
export function createPageMetrics(metrics: Model['metrics']): PageMetricsBuilder {
  const { group: groupField, value: valueField } = metrics ?? {};
  const indexes = new Map<string, number>();
  const groupOf: number[] = [];
  const values: number[] = [];
  return {
    add(record) {
      const name = groupField === undefined ? undefined : record[groupField];
      const group = typeof name === 'string' ? shorten(name) : '';
      let index = indexes.get(group);
      if (index === undefined) indexes.set(group, (index = indexes.size));
      groupOf.push(index);
      const value = valueField === undefined ? undefined : record[valueField];
      // Adding zero turns -0 into 0: which of the two came first must not show in a minimum.
      values.push(isMeasurable(value) ? value + 0 : Number.NaN);
    },
    build: () => ({
      groups: [...indexes.keys()],
      groupOf: new Uint32Array(groupOf),
      values: new Float64Array(values),
    }),
  };
}

/**
 * Adds a page to `into`. All that is added are integers, minima and maxima, so any order of pages, and any split of the
 * records into pages, ends in the same sums.
 */
export function addPageMetrics(into: MetricsPartial, { groups, groupOf, values }: PageMetrics): void {
  const partials = groups.map((name) => groupNamed(into, name));
  for (let index = 0; index < values.length; index++) {
    const group = partials[groupOf[index] ?? 0];
    if (group !== undefined) addRecord(group, values[index] ?? Number.NaN);
  }
  foldOverflow(into);
}

function shorten(name: string): string {
  return name.length > maxNameLength ? `${name.slice(0, maxNameLength - 1)}…` : name;
}

/** What a page without records says. */
export function noPageMetrics(): PageMetrics {
  return createPageMetrics(undefined).build();
}
