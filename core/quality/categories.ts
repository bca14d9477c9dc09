/** Bringing the names of categories together, and counting what came. Runs in worker threads. */
import type { CategoryCounts, CategoryMap, CategoryReport } from '../contracts/categories.ts';
import { addTo } from '../metrics/partial.ts';

/** Names outside of the mapping that are counted apart: they come from upstreams, who may send any number. */
const mostUnmapped = 200;

/** Characters of such a name that are kept. */
const maxLength = 200;

/** Under this all further names are counted. */
const otherNames = '(other names)';

/** A category as it came. */
export interface CategoryFound {
  readonly name: string;
  readonly mapped: boolean;
}

/** A record's fields under the category that is written; `found` is left out where it has none. */
export interface Harmonised {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly found?: CategoryFound;
}

/** How names are compared. */
export function comparable(name: string): string {
  return name.trim().toLowerCase();
}

/** Puts the name that the mapping has in the place of the one that came; one that it does not have stays as it is. */
export function createHarmoniser({ field, names }: CategoryMap): (fields: Harmonised['fields']) => Harmonised {
  const known = new Map(Object.entries(names));
  return (fields) => {
    const came = fields[field];
    if (typeof came !== 'string' || came.trim() === '') return { fields };
    const name = comparable(came);
    const target = known.get(name);
    if (target === undefined) return { fields, found: { name: came.trim(), mapped: false } };
    return { fields: { ...fields, [field]: target }, found: { name, mapped: true } };
  };
}

/** Counts of which nothing has been counted. */
export function noCategories(): CategoryCounts {
  return { mapped: new Map(), unmapped: new Map() };
}

/** Counts `count` records with a category. */
export function countCategory(counts: CategoryCounts, { name, mapped }: CategoryFound, count = 1): void {
  if (mapped) return addTo(counts.mapped, name, count);
  const short = name.length > maxLength ? `${name.slice(0, maxLength - 1)}…` : name;
  const { unmapped } = counts;
  addTo(unmapped, unmapped.has(short) || unmapped.size < mostUnmapped ? short : otherNames, count);
}

/** Adds `from` to `into` and leaves `from` as it is. `clean` makes what an upstream said fit to be kept. */
export function mergeCategories(
  into: CategoryCounts,
  from: CategoryCounts,
  clean: (text: string) => string = (text) => text,
): void {
  for (const [name, count] of from.mapped) countCategory(into, { name, mapped: true }, count);
  for (const [name, count] of from.unmapped) countCategory(into, { name: clean(name), mapped: false }, count);
}

/** The counts as the report has them: what came under each name that was written, the most frequent first. */
export function reportCategories({ names }: CategoryMap, { mapped, unmapped }: CategoryCounts): CategoryReport {
  const targets = new Map<string, [string, number][]>();
  for (const entry of byCount(mapped)) {
    const target = Object.hasOwn(names, entry[0]) ? names[entry[0]] : undefined;
    if (target === undefined) continue;
    const came = targets.get(target) ?? [];
    targets.set(target, came);
    came.push(entry);
  }
  return {
    mapped: Object.fromEntries([...targets].map(([target, came]) => [target, Object.fromEntries(came)])),
    unmapped: Object.fromEntries(byCount(unmapped)),
  };
}

function byCount(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].toSorted(([, a], [, b]) => b - a);
}
