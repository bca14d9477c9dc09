import { describe, expect, test } from 'vitest';
import { askedCursor, cursorOf, isCursor, keptCursor, later } from '../../../core/incremental/cursor.ts';

const base = { param: 'since' } as const;

describe('later', () => {
  test('compares times as times, whatever their offset', () => {
    expect(later('2026-01-01T12:00:00+02:00', '2026-01-01T11:00:00Z', 'iso')).toBe('2026-01-01T11:00:00Z');
    expect(later('2026-01-01T11:00:00Z', '2026-01-01T12:00:00+02:00', 'iso')).toBe('2026-01-01T11:00:00Z');
  });

  test('compares numbers of a sequence as numbers, and texts as texts', () => {
    expect(later(9, 10, 'sequence')).toBe(10);
    expect(later('b', 'a', 'sequence')).toBe('b');
  });

  test('takes what there is', () => {
    expect(later(undefined, 5, 'seconds')).toBe(5);
    expect(later(5, undefined, 'seconds')).toBe(5);
    expect(later(undefined, undefined, 'iso')).toBeUndefined();
  });
});

describe('cursorOf', () => {
  test('reads a dotted path of own keys only', () => {
    const item = { meta: { updatedAt: '2026-01-01T00:00:00Z' } };
    expect(cursorOf(item, { ...base, field: 'meta.updatedAt' })).toBe('2026-01-01T00:00:00Z');
    expect(cursorOf(item, { ...base, field: 'meta.toString' })).toBeUndefined();
    expect(cursorOf(item, { ...base, field: '__proto__.updatedAt' })).toBeUndefined();
  });

  test.each([null, 'soon', '', 12, Number.NaN, {}, ['2026-01-01']])('takes %j for no time', (updatedAt) => {
    expect(cursorOf({ updatedAt }, { ...base, field: 'updatedAt' })).toBeUndefined();
  });

  test('asks a function, and takes what it throws for no value', () => {
    const field = (item: Readonly<Record<string, unknown>>): unknown => (item['at'] as { t: number }).t;
    expect(cursorOf({ at: { t: 7 } }, { ...base, field, kind: 'seconds' })).toBe(7);
    expect(cursorOf({}, { ...base, field, kind: 'seconds' })).toBeUndefined();
    expect(cursorOf('text', { ...base, field, kind: 'seconds' })).toBeUndefined();
  });
});

describe('keptCursor', () => {
  const start = Date.parse('2026-05-01T12:00:00Z');

  test('brings a time after the start of the run back to the start', () => {
    expect(keptCursor('2999-01-01T00:00:00Z', start, 'iso')).toBe('2026-05-01T12:00:00.000Z');
    expect(keptCursor(start / 1000 + 5, start + 400, 'seconds')).toBe(start / 1000);
    expect(keptCursor(start + 5, start, 'milliseconds')).toBe(start);
  });

  test('leaves an earlier time, and a sequence, as they were written', () => {
    expect(keptCursor('2026-05-01T13:00:00+02:00', start, 'iso')).toBe('2026-05-01T13:00:00+02:00');
    expect(keptCursor(9e15, start, 'sequence')).toBe(9e15);
  });
});

describe('askedCursor', () => {
  test('takes the lag off, in the unit of the kind', () => {
    const lagMs = 60_000;
    const at = (kind: 'iso' | 'seconds' | 'milliseconds') => ({ ...base, field: 'x', kind, lagMs });
    expect(askedCursor('2026-05-01T12:00:00Z', at('iso'))).toBe('2026-05-01T11:59:00.000Z');
    expect(askedCursor(1000, at('seconds'))).toBe(940);
    expect(askedCursor(100_000, at('milliseconds'))).toBe(40_000);
  });

  test('hands a cursor without lag back as it was written', () => {
    expect(askedCursor('2026-05-01T12:00:00+02:00', { ...base, field: 'x' })).toBe('2026-05-01T12:00:00+02:00');
    expect(askedCursor('abc', { ...base, field: 'x', kind: 'sequence' })).toBe('abc');
  });
});

test('a cursor is what its kind can hold', () => {
  expect(isCursor('2026-05-01', 'iso')).toBe(true);
  expect(isCursor(5, 'iso')).toBe(false);
  expect(isCursor('x'.repeat(201), 'sequence')).toBe(false);
  expect(isCursor(Infinity, 'sequence')).toBe(false);
});
