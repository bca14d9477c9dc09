import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { UnifiedRecord } from '../../../../core/contracts/model.ts';
import { createTable } from '../../../../plugins/sinks/stdout/table.ts';

const modelOf = (...fields: string[]) => ({
  model: { name: 'thing', fields, jsonSchema: undefined },
  takes: ['a'],
});
const recordsOf = (...values: readonly Record<string, unknown>[]) => values as unknown as readonly UnifiedRecord[];

describe('a table of records', () => {
  it('has titles once, numbers at the right, and nothing for what is not there', () => {
    const table = createTable(modelOf('title', 'price'), 60);
    const first = recordsOf({ id: 'a:1', title: 'Thing', price: 9.5 }, { id: 'a:2', title: 'Other', price: null });
    expect(table.rows(first).split('\n')).toEqual([
      'id      title  price',
      '──────  ─────  ─────',
      'a:1     Thing    9.5',
      'a:2     Other',
      '',
    ]);
    expect(table.rows(recordsOf({ id: 'a:3', title: 'A longer one', price: 12 }))).toBe('a:3     A lo…     12\n');
  });

  it('has room for the ids of every source, whichever comes first', () => {
    const context = { ...modelOf('title'), takes: ['a', 'much-longer'] };
    const table = createTable(context, 60);
    table.rows(recordsOf({ id: 'a:1', title: 'first' }));
    expect(table.rows(recordsOf({ id: 'much-longer:1234', title: 'later' }))).toBe('much-longer:1234  later\n');
  });

  it('is never wider than it may be, however long, wide or many the fields are', () => {
    const fields = Array.from({ length: 30 }, (_, index) => `field_${index}`);
    const texts = ['x'.repeat(500), '\u4f60\u597d'.repeat(50), '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}'.repeat(20)];
    for (const width of [4, 20, 79, 200]) {
      const record = Object.fromEntries(fields.map((field, index) => [field, texts[index % 3]]));
      const text = createTable(modelOf(...fields), width).rows(recordsOf({ id: 'alpha:123456789', ...record }));
      for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
    }
  });

  it('lets nothing through that moves a cursor, colours, breaks a line or turns text around', () => {
    const hostile = 'a\u001b[2J\u001b]0;title\u0007b\r\nc\u202ed\u0000\u009b31m';
    const rows = createTable(modelOf('title'), 79).rows(recordsOf({ id: hostile, title: hostile, list: [hostile] }));
    expect(rows.split('\n')).toHaveLength(4);
    expect(rows).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  it('shows lists and objects as JSON, and takes the fields of the first record where the model lists none', () => {
    const model = { name: 'thing', fields: undefined, jsonSchema: undefined };
    const table = createTable({ model, takes: ['a'] }, 60);
    const record = { id: 'a:1', source: 'a', source_id: '1', tags: ['x', 'y'], ok: true, processed_at: 'now' };
    expect(table.rows(recordsOf(record)).split('\n')).toEqual([
      'id      tags       ok',
      '──────  ─────────  ────',
      'a:1     ["x","y"]  true',
      '',
    ]);
  });
});
