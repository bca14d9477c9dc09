import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { diffRecords } from '../../../../plugins/sinks/history/diff-records.ts';
import type { RecordsDiff } from '../../../../core/plugin.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const product = `id TEXT PRIMARY KEY, source TEXT, source_id TEXT, title TEXT, price DOUBLE, stock BIGINT, sold BOOLEAN,
  tags JSON, processed_at TIMESTAMPTZ`;
const whole = `id TEXT PRIMARY KEY, source TEXT, source_id TEXT, record JSON, processed_at TIMESTAMPTZ`;

/** Makes the two stores by SQL of their own, and compares them. */
async function diffOf(
  before: readonly string[],
  after: readonly string[],
  { all = ['shop'], memoryLimit = '512MB' }: { all?: readonly string[]; memoryLimit?: string } = {},
): Promise<RecordsDiff> {
  const folder = await temporaryFolder();
  const files = { before: join(folder, 'before.duckdb'), after: join(folder, 'after.duckdb') };
  for (const [path, statements] of [
    [files.before, before],
    [files.after, after],
  ] as const) {
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    for (const statement of statements) await connection.run(statement);
    connection.closeSync();
    instance.closeSync();
  }
  const overflow = join(folder, 'overflow');
  const diff = await diffRecords({
    files,
    whole: { before: new Set(all), after: new Set(all) },
    memoryLimit,
    overflow,
  });
  expect(existsSync(overflow)).toBe(false);
  return diff;
}

const table = (columns: string): string => `CREATE TABLE records (${columns})`;
const row = (number: number, values: string, source = 'shop', at = 1): string =>
  `INSERT INTO records VALUES ('${source}:${number}', '${source}', '${number}', ${values}, '2026-01-0${at}')`;

describe('diffRecords', () => {
  it('counts new, removed, changed and unchanged records by source, and fields that changed', async () => {
    const diff = await diffOf(
      [
        table(product),
        row(1, `'Cup', 1.5, 3, false, '["a"]'`),
        row(2, `'Pot', 2, 3, false, NULL`),
        row(3, `'Pan', 3, 3, false, NULL`),
        row(1, `'Blog', NULL, NULL, NULL, NULL`, 'blog'),
      ],
      [
        table(product),
        row(1, `'Cup', 1.75, 3, true, '["a"]'`, 'shop', 2),
        row(2, `'Pot', 2, 3, false, NULL`, 'shop', 2),
        row(4, `'Lid', 3, 3, false, NULL`, 'shop', 2),
        row(5, `'Jar', 3, 3, false, NULL`, 'shop', 2),
      ],
    );
    expect(diff.sources).toEqual([
      {
        source: 'blog',
        records: { before: 1, after: 0 },
        new: 0,
        removed: 1,
        changed: 0,
        unchanged: 0,
        whole: { before: false, after: false },
      },
      {
        source: 'shop',
        records: { before: 3, after: 4 },
        new: 2,
        removed: 1,
        changed: 1,
        unchanged: 1,
        whole: { before: true, after: true },
      },
    ]);
    expect(diff.fields).toEqual([
      { source: 'shop', field: 'price', records: 1, examples: [{ id: 'shop:1', before: '1.5', after: '1.75' }] },
      { source: 'shop', field: 'sold', records: 1, examples: [{ id: 'shop:1', before: 'false', after: 'true' }] },
    ]);
    expect(diff).toMatchObject({
      fields_omitted: 0,
      ids: { new: ['shop:4', 'shop:5'], removed: ['blog:1', 'shop:3'] },
    });
  });

  it('finds nothing between equal runs, whatever the times at which they processed', async () => {
    const rows = [table(product), row(1, `'Cup', 1.5, 3, false, '{"a":1}'`)];
    const diff = await diffOf(rows, [table(product), row(1, `'Cup', 1.5, 3, false, '{"a":1}'`, 'shop', 2)]);
    expect(diff).toMatchObject({ fields: [], drift: [], ids: { new: [], removed: [] } });
    expect(diff.sources).toMatchObject([{ changed: 0, unchanged: 1 }]);
  });

  it('tells fields that appear, disappear or change their type, with a model that has changed', async () => {
    const diff = await diffOf(
      [table(product), row(1, `'Cup', 1.5, 3, NULL, '[1]'`), row(2, `'Pot', 2, 3, NULL, '[1]'`)],
      [
        table(`id TEXT PRIMARY KEY, source TEXT, source_id TEXT, title TEXT, price TEXT, stock DOUBLE, sold BOOLEAN,
          tags JSON, brand TEXT, processed_at TIMESTAMPTZ`),
        row(1, `NULL, '1.5', 3, true, '{"a":1}', 'Acme'`),
        row(2, `NULL, '2', 3, true, '[1]', NULL`),
      ],
    );
    expect(diff.drift).toEqual([
      { source: 'shop', field: 'title', kind: 'disappeared', types: { before: ['string'], after: [] } },
      { source: 'shop', field: 'price', kind: 'type', types: { before: ['number'], after: ['string'] } },
      { source: 'shop', field: 'sold', kind: 'appeared', types: { before: [], after: ['boolean'] } },
      { source: 'shop', field: 'tags', kind: 'type', types: { before: ['array'], after: ['array', 'object'] } },
      { source: 'shop', field: 'brand', kind: 'appeared', types: { before: [], after: ['string'] } },
    ]);
    // A column of numbers that became one of whole numbers, or the other way round, holds the same 3.
    expect(diff.fields.map(({ field }) => field)).toEqual(['title', 'price', 'sold', 'tags', 'brand']);
    expect(diff.fields[1]?.examples).toEqual([
      { id: 'shop:1', before: '1.5', after: '"1.5"' },
      { id: 'shop:2', before: '2', after: '"2"' },
    ]);
  });

  it('compares records that are kept whole, key by key, whatever a key is called', async () => {
    const record = (number: number, fields: object): string => {
      const json = JSON.stringify({ id: `shop:${number}`, source: 'shop', source_id: String(number), ...fields });
      return row(number, `'${json.replaceAll("'", "''")}'`);
    };
    const odd = `a/b~c"d'e.$[0]`;
    const diff = await diffOf(
      [table(whole), record(1, { [odd]: 1, gone: 'x', nothing: null, kept: [1, { a: null }] })],
      [table(whole), record(1, { [odd]: 2, fresh: true, nothing: null, kept: [1, { a: null }] })],
    );
    expect(diff.fields).toEqual([
      { source: 'shop', field: odd, records: 1, examples: [{ id: 'shop:1', before: '1', after: '2' }] },
      { source: 'shop', field: 'fresh', records: 1, examples: [{ id: 'shop:1', before: null, after: 'true' }] },
      { source: 'shop', field: 'gone', records: 1, examples: [{ id: 'shop:1', before: '"x"', after: null }] },
    ]);
    expect(diff.drift).toEqual([
      { source: 'shop', field: 'fresh', kind: 'appeared', types: { before: [], after: ['boolean'] } },
      { source: 'shop', field: 'gone', kind: 'disappeared', types: { before: ['string'], after: [] } },
    ]);
  });

  it('cuts examples and lists, and counts all', async () => {
    const many = (change: string): string =>
      `INSERT INTO records SELECT 'shop:' || i, 'shop', i, ${change} FROM range(1000) r(i)`;
    const diff = await diffOf(
      [table(product), many(`repeat('x', 900), i, i, false, NULL, '2026-01-01'`)],
      [
        table(product),
        many(`repeat('y', 900), i, i, false, NULL, '2026-01-02'`),
        `INSERT INTO records SELECT 'shop:new' || i, 'shop', i, 't', i, i, false, NULL, '2026-01-02' FROM range(30) r(i)`,
      ],
    );
    expect(diff.fields).toMatchObject([{ field: 'title', records: 1000 }]);
    const [{ examples }] = diff.fields as [RecordsDiff['fields'][number]];
    expect(examples).toHaveLength(3);
    expect(examples[0]?.before).toHaveLength(200);
    expect(diff.ids.new).toHaveLength(10);
    expect(diff.sources).toMatchObject([{ new: 30, changed: 1000 }]);
  });

  it('stays within its memory by way of the disk', async () => {
    const rows = (word: string): string =>
      `INSERT INTO records SELECT 'shop:' || i, 'shop', i, repeat(md5('${word}' || i), 10), i, i, false, NULL, '2026-01-01'
       FROM range(100000) r(i)`;
    const diff = await diffOf([table(product), rows('a')], [table(product), rows('b')], { memoryLimit: '64MB' });
    expect(diff.sources).toMatchObject([{ changed: 100_000, new: 0, removed: 0 }]);
  });
});
