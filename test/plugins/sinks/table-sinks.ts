import { expect, it, vi } from 'vitest';
import type { SinkContext, SinkPlugin, SinkPosition } from '../../../core/contracts/sink.ts';
import type { SinkModel } from '../../../core/contracts/sink.ts';
import type { JsonValue } from '../../../core/contracts/json.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { batchOf, reportOf, sinkContext } from '../../support/sinks.ts';

/** A database that is tested, empty. */
export interface Place {
  readonly plugin: SinkPlugin;
  readonly options: unknown;
  readonly folder: string;
  /** Runs statements, and returns the rows of the last. */
  ask(sql: string): Promise<readonly Record<string, unknown>[]>;
}

type Types = Readonly<Record<string, JsonValue>>;

/** A model with fields of these JSON Schema types. */
export function modelOf(name: string, types: Types): SinkModel {
  const properties = Object.fromEntries(Object.entries(types).map(([field, type]) => [field, { type }]));
  return { name, fields: Object.keys(types), jsonSchema: { type: 'object', properties } };
}

const headOf = (number: number) => ({ id: `alpha:${number}`, source: 'alpha', source_id: String(number) });
const at = { processed_at: '2026-01-01T00:00:00.123Z' };

/** A whole life of a run that writes one page of records with these fields; returns its position. */
export async function writeOnce(
  { plugin, options, folder }: Place,
  model: SinkModel,
  fields: readonly object[],
  change: Partial<SinkContext> = {},
): Promise<SinkPosition> {
  const writer = await plugin.open(sinkContext(folder, { model, ...change }), options);
  await writer.write(batchOf(...fields.map((own, index) => ({ ...headOf(index + 1), ...own, ...at }))));
  const position = await writer.commit();
  await writer.close(reportOf());
  return position;
}

/** What every sink that writes tables has to do, whatever the database. */
export function testTables(place: () => Promise<Place>): void {
  it('gives back what was written: hostile texts, numbers at their limits, nested values, names of any kind', async () => {
    const there = await place();
    const hostile = {
      'a"b; --': 'it\'s; DROP TABLE product; -- \\ "x" \u{1f600}\u2028\u202e',
      __proto: 'x',
      big: Number.MAX_VALUE,
      small: 5e-324,
      exact: 9_007_199_254_740_991,
      yes: true,
      nested: { list: [1, null, { deep: 'ü' }] },
      nothing: null,
    };
    const types = {
      'a"b; --': 'string',
      __proto: 'string',
      big: 'number',
      small: 'number',
      exact: 'number',
      yes: 'boolean',
      nested: 'object',
      nothing: ['string', 'null'],
    };
    await writeOnce(there, modelOf('hos"tile', types), [hostile]);
    const [row] = await there.ask(`SELECT * FROM "hos""tile"`);
    const { nested, processed_at: _, ...rest } = row ?? {};
    expect(rest).toEqual({ ...headOf(1), ...hostile, nested: undefined });
    expect(typeof nested === 'string' ? JSON.parse(nested) : nested).toEqual(hostile.nested);
    const [time] = await there.ask(`SELECT extract(epoch FROM processed_at)::DOUBLE PRECISION AS s FROM "hos""tile"`);
    expect(time).toEqual({ s: Date.parse(at.processed_at) / 1000 });
  });

  it('has a column of the name __proto__', async () => {
    const there = await place();
    const model = { name: 'odd', fields: ['__proto__'], jsonSchema: undefined };
    await writeOnce(there, model, [JSON.parse('{"__proto__":{"polluted":true}}')]);
    const [row] = await there.ask(`SELECT "__proto__"::TEXT AS held FROM odd`);
    expect(JSON.parse(String(row?.['held']))).toEqual({ polluted: true });
  });

  it('leaves a field empty that a record lacks, though every object answers to its name', async () => {
    const there = await place();
    await writeOnce(there, { name: 'odd', fields: ['constructor', 'toString'], jsonSchema: undefined }, [{}]);
    expect(await there.ask('SELECT "constructor", "toString" FROM odd')).toEqual([
      { constructor: null, toString: null },
    ]);
  });

  it('keeps whole records where the model does not say which fields there are', async () => {
    const there = await place();
    await writeOnce(there, { name: 'any', fields: undefined, jsonSchema: undefined }, [{ a: [1] }, { b: null }]);
    const rows = await there.ask(`SELECT id, record::TEXT AS record FROM "any" ORDER BY id`);
    expect(rows.map(({ record }): unknown => JSON.parse(String(record)))).toEqual([
      { ...headOf(1), a: [1], ...at },
      { ...headOf(2), b: null, ...at },
    ]);
  });

  it('replaces a record by its id, in a later run too, and logs both runs', async () => {
    const there = await place();
    const model = modelOf('product', { price: 'number' });
    await writeOnce(there, model, [{ price: 1 }, { price: 2 }]);
    await writeOnce(there, model, [{ price: 3 }], { runId: 'run2' });
    expect(await there.ask('SELECT id, price FROM product ORDER BY id')).toEqual([
      { id: 'alpha:1', price: 3 },
      { id: 'alpha:2', price: 2 },
    ]);
    const runs = await there.ask(
      'SELECT run_id, sink, table_name, sources, commits::TEXT AS commits, records::TEXT AS records, partial, ended_at >= opened_at AS ended FROM sluice_runs ORDER BY run_id',
    );
    const common = { sink: 'sink', table_name: 'product', sources: 'alpha, beta', partial: false, ended: true };
    expect(runs).toEqual([
      { run_id: 'run1', ...common, commits: '1', records: '3' },
      { run_id: 'run2', ...common, commits: '1', records: '3' },
    ]);
  });

  it('adds columns for new fields, widens integers, and keeps columns that are no longer written', async () => {
    const there = await place();
    const whole = { name: 'product', fields: ['old', 'n'], jsonSchema: wholeSchema };
    await writeOnce(there, whole, [{ old: 'x', n: 7 }]);
    await writeOnce(there, modelOf('product', { n: 'number', tags: 'array' }), [{ n: 7.5, tags: [1] }]);
    const rows = await there.ask('SELECT id, old, n, tags::TEXT AS tags FROM product');
    expect(rows).toEqual([{ id: 'alpha:1', old: 'x', n: 7.5, tags: '[1]' }]);
    // Whole numbers are numbers: the column stays as wide as it is.
    await writeOnce(there, whole, [{ old: 'y', n: 8 }]);
    expect(await there.ask('SELECT n FROM product')).toEqual([{ n: 8 }]);
  });

  it('refuses to narrow a column, and says which', async () => {
    const there = await place();
    await writeOnce(there, modelOf('product', { price: 'string', tags: 'array' }), [{ price: '9,99 €' }]);
    const narrower = modelOf('product', { price: 'number', tags: 'string' });
    const failed = writeOnce(there, narrower, []);
    await expect(failed).rejects.toMatchObject({ code: 'sink_failed' });
    await expect(failed).rejects.toThrow(
      /"product" does not fit the model: its column "price" is .*; its column "tags" is/,
    );
    await expect(there.plugin.check?.(sinkContext(there.folder, { model: narrower }), there.options)).rejects.toThrow(
      /does not fit the model/,
    );
    expect(await there.ask('SELECT price FROM product')).toEqual([{ price: '9,99 €' }]);
  });

  it('refuses a table without a key', async () => {
    const there = await place();
    await writeOnce(there, modelOf('other', {}), [{}]);
    await there.ask('CREATE TABLE product AS SELECT * FROM other');
    await expect(writeOnce(there, modelOf('product', {}), [{}])).rejects.toThrow(/has no key on "id"/);
  });

  it('takes back what was not committed, and what failed, as a whole', async () => {
    const there = await place();
    const model = modelOf('product', { price: 'number' });
    const writer = await there.plugin.open(sinkContext(there.folder, { model }), there.options);
    await writer.write(batchOf({ ...headOf(1), price: 1, ...at }));
    await writer.commit();
    await writer.write(batchOf({ ...headOf(2), price: 2, ...at }, { ...headOf(3), price: 'dear', ...at }));
    const end = async () => {
      await writer.commit();
      await writer.close(reportOf());
    };
    await expect(end()).rejects.toThrow(/dear/);
    await writer.abort();
    const kept = there.plugin.delivers === 'on-close' ? [] : [{ id: 'alpha:1', price: 1 }];
    expect(await there.ask('SELECT id, price FROM product')).toEqual(kept);
  });

  it('takes columns of your own that can do without a value, and refuses others before any record', async () => {
    const there = await place();
    const model = modelOf('product', { title: 'string' });
    const own = 'id TEXT PRIMARY KEY, seen TIMESTAMPTZ NOT NULL DEFAULT now(), note TEXT';
    await there.ask(`CREATE TABLE product (${own})`);
    await writeOnce(there, model, [{ title: 'a' }]);
    expect(await there.ask('SELECT title, note, seen IS NULL AS unseen FROM product')).toEqual([
      { title: 'a', note: null, unseen: false },
    ]);
    await there.ask(`DROP TABLE product; CREATE TABLE product (${own}, "Shop" TEXT NOT NULL)`);
    await expect(there.plugin.open(sinkContext(there.folder, { model }), there.options)).rejects.toMatchObject({
      code: 'sink_failed',
      message: expect.stringContaining('wants a value for "Shop", which no record has: give that column a default'),
    });
  });

  it('goes on at a position, and refuses one that the database does not have', async () => {
    const there = await place();
    const model = modelOf('product', {});
    const position = await writeOnce(there, model, [{}]);
    const context = sinkContext(there.folder, { model });
    const again = await there.plugin.open(context, there.options, position);
    await again.write(batchOf({ ...headOf(2), ...at }));
    await again.commit();
    await again.close(reportOf());
    expect(await there.ask('SELECT id FROM product ORDER BY id')).toEqual([{ id: 'alpha:1' }, { id: 'alpha:2' }]);
    const beyond = { ...(position as object), commits: 3 };
    await expect(there.plugin.open(context, there.options, beyond)).rejects.toThrow(
      /holds 2 of the [34] commits of the run run1/,
    );
    const other = there.plugin.open({ ...context, runId: 'run9' }, there.options, position);
    await expect(other).rejects.toThrow(/holds 0 of the 1 commits of the run run9/);
  });

  it('tells what the database can not hold, and replaces it', async () => {
    const there = await place();
    const warn = vi.fn<(message: string) => void>();
    const logger = { ...silentLogger, warn };
    await writeOnce(
      there,
      modelOf('product', { title: 'string', more: 'object' }),
      [{ title: 'a' }, { title: 'x\ud800y', more: { a: '\udc00' } }],
      { logger },
    );
    expect(await there.ask("SELECT title, more::TEXT AS more FROM product WHERE id = 'alpha:2'")).toEqual([
      { title: 'x\ufffdy', more: expect.stringContaining('\ufffd') },
    ]);
    expect(warn.mock.calls.map(([message]) => message)).toEqual([
      expect.stringMatching(/can't hold .*half characters: each becomes U\+FFFD, first in the record alpha:2/),
      expect.stringMatching(/^1 records held .*half characters, which became U\+FFFD/),
    ]);
  });

  it('checks without leaving anything behind', async () => {
    const there = await place();
    const model = modelOf('product', {});
    await there.plugin.check?.(sinkContext(there.folder, { model }), there.options);
    const tables = await there.ask(
      "SELECT table_name FROM information_schema.tables WHERE table_name IN ('product', 'sluice_runs')",
    );
    expect(tables).toEqual([]);
  });
}

const wholeSchema = {
  type: 'object',
  properties: { old: { type: 'string' }, n: { type: 'integer', minimum: 0, maximum: 100 } },
};
