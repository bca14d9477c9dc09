/** What can be told only by who sees all records: values that are to be unique over a run. */
import type { DeliveredPage } from '../contracts/engine.ts';
import type { HashSet } from '../contracts/journal.ts';
import type { QualityCounts, QualityExample, QualityRule } from '../contracts/quality.ts';
import { createIdSet } from '../run/id-set.ts';
import { countBroken, mergeQuality, mostExamples } from './counts.ts';

export interface KeyWatchOptions {
  readonly rules: readonly QualityRule[];
  /** What earlier lives of the run have seen of a source, by name of the rule. */
  readonly restored: (source: string) => ReadonlyMap<string, HashSet> | undefined;
}

interface Watch {
  readonly rule: QualityRule;
  /** By source. */
  readonly sets: ReadonlyMap<string, HashSet>;
  /** How many have been shown. */
  examples: number;
}

/**
 * Looks at the pages of a run in the order in which they are delivered, and counts the values that came before. It keeps
 * a hash of 64 bits for each value: two values meet by chance as rarely as two ids do.
 */
export function createKeyWatch({ rules, restored }: KeyWatchOptions): (page: DeliveredPage) => DeliveredPage {
  const watched = new Map(
    rules.flatMap((rule): [string, Watch][] => {
      if (rule.check !== 'unique') return [];
      // One set for each source: a life that goes on takes up those of the life before.
      const sets = rule.sources.map((source) => [source, restored(source)?.get(rule.name) ?? createIdSet()] as const);
      return [[rule.name, { rule, sets: new Map(sets), examples: 0 }]];
    }),
  );

  return (page) => {
    const { keys } = page.receipt;
    if (keys === undefined) return page;
    const found: QualityCounts = new Map();
    for (const [name, hashes] of keys) {
      const watch = watched.get(name);
      const own = watch?.sets.get(page.batch.source);
      if (watch === undefined || own === undefined) continue;
      const all = [...watch.sets.values()];
      hashes.forEach((hash, index) => {
        if (hash === noKey) return;
        if (!all.some((set) => set.has(hash))) {
          own.add(hash);
          return;
        }
        // Its record has to be parsed for that, which is for the few that are shown.
        const example = watch.examples < mostExamples ? repeated(page, watch.rule, index) : undefined;
        if (example !== undefined) watch.examples += 1;
        countBroken(found, name, example);
      });
    }
    if (found.size === 0) return page;
    const quality: QualityCounts = new Map();
    mergeQuality(quality, page.quality ?? new Map());
    mergeQuality(quality, found);
    return { ...page, quality };
  };
}

/** Stands for a record without a value. */
const noKey = 0n;

function repeated({ batch }: DeliveredPage, { name, field = '' }: QualityRule, index: number): QualityExample {
  const record = batch.records()[index];
  const value = JSON.stringify(record?.[field] ?? null).slice(0, 80);
  return { record: record?.id ?? '', message: `${field} ${value} came before (rule "${name}")` };
}
