import { describe, expect, test } from 'vitest';
import { qualityLines } from '../../../cli/render/quality.ts';
import type { RunReport } from '../../../core/index.ts';

type Rule = NonNullable<RunReport['monitoring']['quality']>['rules'][number];

const rule: Rule = {
  name: 'notNull price',
  check: 'notNull',
  action: 'warn',
  field: 'price',
  sources: ['one', 'two'],
  records: 40,
  failed: 0,
  state: 'passed',
  examples: [],
};

function lines(rules: readonly Rule[], width = 60): readonly string[] {
  const report = { monitoring: { quality: { failed: false, rules } } } as unknown as RunReport;
  return qualityLines(report, { width, paint: (_, text) => text });
}

describe('qualityLines', () => {
  test('tells broken rules first, with figures and the first example', () => {
    const examples = [
      { record: 'one:1', message: 'price has no value' },
      { record: 'one:2', message: 'price has no value' },
    ];
    expect(
      lines([
        rule,
        { ...rule, name: 'a', state: 'warned', failed: 12, examples },
        { ...rule, name: 'b', state: 'rejected', action: 'reject', failed: 1200 },
        { ...rule, name: 'c', state: 'failed', action: 'fail', check: 'minCount', failed: 1 },
      ]),
    ).toEqual([
      'failed c: 1 of 2 sources',
      'rejected b: 1,200 rejected',
      'warned a: 12 of 40 records',
      '  one:1: price has no value',
      'passed notNull price',
    ]);
  });

  test('keeps to the width and to twenty rules, and shows no control characters', () => {
    const bad = { ...rule, name: '\u001b[31mred', state: 'warned', failed: 1 } as const;
    const shown = lines([bad, ...Array.from({ length: 24 }, () => rule)], 12);
    expect(shown).toHaveLength(21);
    expect(shown.every((line) => line.length <= 12 && !line.includes('\u001b'))).toBe(true);
    expect(shown.at(-1)).toBe('… 5 more');
  });

  test('is empty without rules', () => {
    expect(qualityLines({ monitoring: {} } as unknown as RunReport, { width: 60, paint: (_, text) => text })).toEqual(
      [],
    );
  });
});
