import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SinkPlugin } from '../../../../core/contracts/sink.ts';
import parquet from '../../../../plugins/sinks/parquet/index.ts';
import { askDuckDb } from '../../../support/duckdb.ts';
import { reportOf, sinkContext } from '../../../support/sinks.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { modelOf, writeOnce } from '../table-sinks.ts';

const plugin = parquet as SinkPlugin;
const options = { path: 'it.parquet', memoryLimit: '256MB' };
const model = modelOf('product', { title: 'string', price: 'number', tags: 'array' });

describe('the parquet sink', () => {
  it('leaves one file, typed, in the order of the ids, with the run that it is of', async () => {
    const folder = await temporaryFolder();
    const place = { plugin, options, folder, ask: () => Promise.resolve([]) };
    await writeOnce(place, model, [{ title: 'a\0"', price: 0.1, tags: [1] }, { title: '\u{1f600}' }]);
    expect(await readdir(folder)).toEqual(['it.parquet']);
    const file = join(folder, 'it.parquet');
    expect(await askDuckDb(':memory:', `SELECT id, title, price, tags::TEXT AS tags FROM '${file}'`)).toEqual([
      { id: 'alpha:1', title: 'a\0"', price: 0.1, tags: '[1]' },
      { id: 'alpha:2', title: '\u{1f600}', price: null, tags: null },
    ]);
    const types = await askDuckDb(
      ':memory:',
      `SELECT column_type AS type FROM (DESCRIBE SELECT price, processed_at FROM '${file}')`,
    );
    expect(types).toEqual([{ type: 'DOUBLE' }, { type: 'TIMESTAMP WITH TIME ZONE' }]);
  });

  it('refuses to go on where its file was replaced by that of another run', async () => {
    const folder = await temporaryFolder();
    const place = { plugin, options, folder, ask: () => Promise.resolve([]) };
    const position = await writeOnce(place, model, [{ title: 'a' }]);
    await writeOnce(place, model, [{ title: 'b' }], { runId: 'run2' });
    const again = (): Promise<unknown> => plugin.open(sinkContext(folder, { model }), options, position);
    await expect(again()).rejects.toThrow(
      /the output of that run is gone, .*it\.parquet is not there, or of another run/,
    );
    await rm(join(folder, 'it.parquet'));
    await expect(again()).rejects.toThrow(/the output of that run is gone/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses a second sink on its path, until the first has ended', async () => {
    const folder = await temporaryFolder();
    const first = await plugin.open(sinkContext(folder, { model }), options);
    await expect(plugin.open(sinkContext(folder, { model, name: 'two' }), options)).rejects.toThrow(
      /another sink of this process is writing/,
    );
    await first.close(reportOf());
    await (await plugin.open(sinkContext(folder, { model }), options)).abort();
    expect(await readdir(folder)).toEqual(['it.parquet']);
  });

  it('checks without leaving anything behind', async () => {
    const folder = await temporaryFolder();
    await plugin.check?.(sinkContext(folder, { model }), options);
    const odd = { name: 'odd', fields: ['A', 'a'], jsonSchema: undefined };
    await expect(plugin.check?.(sinkContext(folder, { model: odd }), options)).rejects.toThrow(/the same column/);
    expect(await readdir(folder)).toEqual([]);
  });
});
