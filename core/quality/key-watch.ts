/** What can be told only by who sees all records: values that are to be unique, and records that two sources have. */
import type { DeliveredPage } from '../contracts/engine.ts';
import type { HashSet } from '../contracts/journal.ts';
import type { QualityCounts, QualityExample, QualityRule } from '../contracts/quality.ts';
import { createIdSet } from '../run/id-set.ts';
import { countBroken, mergeQuality, mostExamples, mostMatches } from './counts.ts';

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
      if (rule.check !== 'unique' && rule.check !== 'match') return [];
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
      // What a source has twice is no match: its set is not looked into.
      const compared = [...watch.sets].filter(
        ([source]) => watch.rule.check === 'unique' || source !== page.batch.source,
      );
      hashes.forEach((hash, index) => {
        if (hash === noKey) return;
        const before = compared.find(([, set]) => set.has(hash));
        own.add(hash);
        if (before === undefined) return;
        // Its record has to be parsed for that, which is for the few that are shown.
        const most = watch.rule.check === 'match' ? mostMatches : mostExamples;
        const example = watch.examples < most ? exampleOf(page, watch.rule, index, before[0]) : undefined;
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

function exampleOf({ batch }: DeliveredPage, rule: QualityRule, index: number, source: string): QualityExample {
  const { name, check, field, fields = [field ?? ''] } = rule;
  const record = batch.records()[index];
  const values = fields.map((one) => `${one} ${JSON.stringify(record?.[one] ?? null).slice(0, 80)}`).join(', ');
  const message = `${values} came before, from ${source} (rule "${name}")`;
  return { record: record?.id ?? '', message, ...(check === 'match' && { source }) };
}
