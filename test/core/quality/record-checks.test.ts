import { describe, expect, test } from 'vitest';
import type { QualityRule } from '../../../core/contracts/quality.ts';
import { createRecordChecks } from '../../../core/quality/record-checks.ts';

const processedAt = '2026-01-02T00:00:00.000Z';

function rule(change: Partial<QualityRule>): QualityRule {
  return { name: 'r', check: 'notNull', action: 'warn', field: 'price', maxShare: 0, sources: ['shop'], ...change };
}

function messages(change: Partial<QualityRule>, fields: Record<string, unknown>): readonly string[] {
  const judgement = createRecordChecks([rule(change)])?.judge(fields, processedAt);
  return (judgement?.broken ?? []).map(({ message }) => message);
}

describe('createRecordChecks', () => {
  test.each<[change: Partial<QualityRule>, value: unknown, message: string | undefined]>([
    [{}, 1, undefined],
    [{}, 0, undefined],
    [{}, null, 'price has no value (rule "r")'],
    [{}, undefined, 'price has no value (rule "r")'],
    [{}, '  ', 'price has no value (rule "r")'],
    [{ check: 'range', min: 0, max: 9 }, 9, undefined],
    [{ check: 'range', min: 0, max: 9 }, null, undefined],
    [{ check: 'range', min: 0, max: 9 }, 9.01, 'price 9.01 is above 9 (rule "r")'],
    [{ check: 'range', min: 0, max: 9 }, -1, 'price -1 is below 0 (rule "r")'],
    [{ check: 'range', min: 0 }, 'nine', 'price is a string, not a number (rule "r")'],
    [{ check: 'pattern', pattern: '^[A-Z]+$' }, 'EUR', undefined],
    [{ check: 'pattern', pattern: '^[A-Z]+$' }, 'eur', 'price "eur" does not match ^[A-Z]+$ (rule "r")'],
    [{ check: 'pattern', pattern: '^[A-Z]+$' }, 5, 'price is a number, not text (rule "r")'],
    [{ check: 'fresh', maxAgeSeconds: 1 }, '2026-01-01T23:59:59.000Z', undefined],
    [{ check: 'fresh', maxAgeSeconds: 1 }, '2026-01-01T23:59:58.000Z', 'price is 2 s old, of 1 s allowed (rule "r")'],
    [{ check: 'fresh', maxAgeSeconds: 1 }, 'yesterday', 'price "yesterday" is no time (rule "r")'],
    // V8 would find a date in these.
    [{ check: 'fresh', maxAgeSeconds: 1 }, 'Chair 13', 'price "Chair 13" is no time (rule "r")'],
    [{ check: 'fresh', maxAgeSeconds: 1 }, '2026-13', 'price "2026-13" is no time (rule "r")'],
    [{ check: 'fresh', maxAgeSeconds: 9e9 }, '2026-01-01', undefined],
    [{ check: 'fresh', maxAgeSeconds: 9e9 }, '2026-01-01 12:30:00.5+01:00', undefined],
  ])('%j of %j', (change, value, message) => {
    expect(messages(change, { price: value })).toEqual(message === undefined ? [] : [message]);
  });

  test('stops at the first rule that rejects, and says what was broken', () => {
    const checks = createRecordChecks([
      rule({ name: 'a', action: 'reject' }),
      rule({ name: 'b', action: 'reject', check: 'range', max: 1 }),
    ]);
    expect(checks?.judge({ price: 2 }, processedAt).rejected).toMatchObject({ rule: 'b', field: 'price' });
    expect(checks?.judge({}, processedAt).rejected).toMatchObject({ rule: 'a' });
  });

  test('gives the key of what is to be unique: 1 and "1" differ, no value is like no other', () => {
    const checks = createRecordChecks([rule({ name: 'u', check: 'unique' })]);
    expect(checks?.keyNames).toEqual(['u']);
    expect([1, '1', null].map((price) => checks?.judge({ price }, processedAt).keys)).toEqual([
      ['1'],
      ['"1"'],
      [undefined],
    ]);
  });

  test('is nothing where no rule looks at records', () => {
    expect(createRecordChecks([])).toBeUndefined();
    expect(createRecordChecks([rule({ check: 'minCount', records: 1 })])).toBeUndefined();
  });
});
