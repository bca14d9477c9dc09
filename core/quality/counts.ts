/** Counting broken rules: the same way in a page, over a run, and over the lives of a run. */
import type { QualityCount, QualityCounts, QualityExample } from '../contracts/quality.ts';

/** Records that are shown of each rule and source. */
export const mostExamples = 5;

/** The same of a rule that looks for matches: which records those are is what it is asked for. */
export const mostMatches = 100;

/** How many like this one are kept. */
function mostLike({ source }: QualityExample): number {
  return source === undefined ? mostExamples : mostMatches;
}

/** Counts one record that broke the rule `rule`; `example` is left out where there are enough. */
export function countBroken(counts: QualityCounts, rule: string, example?: QualityExample): void {
  const count = countOf(counts, rule);
  count.failed += 1;
  if (example !== undefined && count.examples.length < mostLike(example)) count.examples.push(example);
}

function countOf(counts: QualityCounts, rule: string): QualityCount {
  let count = counts.get(rule);
  if (count === undefined) counts.set(rule, (count = { failed: 0, examples: [] }));
  return count;
}

/** Adds `from` to `into` and leaves `from` as it is. `clean` makes what an upstream said fit to be kept. */
export function mergeQuality(
  into: QualityCounts,
  from: QualityCounts,
  clean: (text: string) => string = (text) => text,
): void {
  for (const [rule, { failed, examples }] of from) {
    const count = countOf(into, rule);
    count.failed += failed;
    for (const example of examples) {
      if (count.examples.length >= mostLike(example)) break;
      count.examples.push({ ...example, record: clean(example.record), message: clean(example.message) });
    }
  }
}

/** Takes back records that are going to be tried again; those that break the rule again bring their own examples. */
export function subtractQuality(from: QualityCounts, items: QualityCounts): void {
  for (const [rule, { failed }] of items) {
    const left = (from.get(rule)?.failed ?? 0) - failed;
    if (left > 0) from.set(rule, { failed: left, examples: [] });
    else from.delete(rule);
  }
}
