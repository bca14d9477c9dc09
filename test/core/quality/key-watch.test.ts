import { expect, test } from 'vitest';
import type { DeliveredPage } from '../../../core/contracts/engine.ts';
import type { HashSet } from '../../../core/contracts/journal.ts';
import type { QualityCounts, QualityRule } from '../../../core/contracts/quality.ts';
import { mergeQuality } from '../../../core/quality/counts.ts';
import { judgeQuality } from '../../../core/quality/judge.ts';
import { createKeyWatch } from '../../../core/quality/key-watch.ts';
import { createIdSet } from '../../../core/run/id-set.ts';

const match: QualityRule = {
  name: 'm',
  check: 'match',
  action: 'warn',
  fields: ['title'],
  maxShare: 0,
  sources: ['one', 'two'],
};

function page(source: string, ...keys: bigint[]): DeliveredPage {
  const records = () => keys.map((key) => ({ id: `${source}:${key}`, title: `t${key}` }));
  const receipt = { keys: new Map([['m', BigUint64Array.from(keys)]]) };
  return { batch: { source, records }, receipt } as unknown as DeliveredPage;
}

const found = (given: DeliveredPage) => given.quality?.get('m');

test('a match is with another source, never with the own, and no key is like no other', () => {
  const watch = createKeyWatch({ rules: [match], restored: () => undefined });
  expect(found(watch(page('one', 1n, 1n, 2n, 0n, 0n)))).toBeUndefined();
  expect(found(watch(page('two', 0n, 2n, 3n)))).toEqual({
    failed: 1,
    examples: [{ record: 'two:2', message: 'title "t2" came before, from one (rule "m")', source: 'one' }],
  });
  expect(found(watch(page('one', 3n)))).toMatchObject({ failed: 1, examples: [{ record: 'one:3' }] });
});

test('lists a hundred matches, over all pages, and of what is not unique a few', () => {
  const unique: QualityRule = { ...match, check: 'unique', field: 'title', fields: undefined };
  for (const [rule, most] of [
    [match, 100],
    [unique, 5],
  ] as const) {
    const watch = createKeyWatch({ rules: [rule], restored: () => undefined });
    const keys = Array.from({ length: 60 }, (_, index) => BigInt(index + 1));
    for (const offset of [0n, 60n]) watch(page('one', ...keys.map((key) => key + offset)));
    const counts: QualityCounts = new Map();
    for (const offset of [0n, 60n])
      mergeQuality(counts, watch(page('two', ...keys.map((key) => key + offset))).quality ?? new Map());
    const { rules } = judgeQuality([rule], (name) => ({ records: 120, counts: name === 'two' ? counts : new Map() }));
    expect(rules[0]).toMatchObject({ failed: 120, examples: { length: most } });
  }
});

test('what is unique is so in its own source too', () => {
  const rule: QualityRule = { ...match, check: 'unique', field: 'title', fields: undefined };
  const watch = createKeyWatch({ rules: [rule], restored: () => undefined });
  expect(found(watch(page('one', 1n, 1n)))?.failed).toBe(1);
  expect(found(watch(page('two', 1n)))?.failed).toBe(1);
});

test('goes on with what an earlier life has seen', () => {
  const seen: HashSet = createIdSet();
  seen.add(7n);
  const restored = (source: string) => (source === 'one' ? new Map([['m', seen]]) : undefined);
  const watch = createKeyWatch({ rules: [match], restored });
  expect(found(watch(page('two', 7n)))?.failed).toBe(1);
});
