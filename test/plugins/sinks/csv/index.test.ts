import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SinkContext } from '../../../../core/contracts/sink.ts';
import csv from '../../../../plugins/sinks/csv/index.ts';
import { batchOf, kill, records, reportOf, sinkContext } from '../../../support/sinks.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const model = { name: 'thing', fields: ['title', 'price'], jsonSchema: undefined };
const options = { path: 'out.csv', lineEnding: 'lf' } as const;
const contextOf = (folder: string, change: Partial<SinkContext> = {}): SinkContext =>
  sinkContext(folder, { model, ...change });
const outputOf = (folder: string): Promise<string> => readFile(join(folder, 'out.csv'), 'utf8');

describe('csv', () => {
  it('writes all fields of the model below their names', async () => {
    const folder = await temporaryFolder();
    const sink = await csv.open(contextOf(folder), options);
    const at = '2026-01-01T00:00:00.000Z';
    await sink.write(
      batchOf({ id: 'a:1', source: 'a', source_id: '1', title: 'Ding, 1', price: -2, processed_at: at }),
    );
    await sink.close(reportOf());
    expect(await outputOf(folder)).toBe(`id,source,source_id,title,price,processed_at\na:1,a,1,"Ding, 1",-2,${at}\n`);
  });

  it('writes chosen columns in the order in which they were chosen', async () => {
    const folder = await temporaryFolder();
    const sink = await csv.open(contextOf(folder), { ...options, columns: ['title', 'id'], lineEnding: 'crlf' });
    await sink.write(batchOf(...records(0, 2)));
    await sink.close(reportOf());
    expect(await outputOf(folder)).toBe('title,id\r\nDing 0,alpha:0\r\nDing 1,alpha:1\r\n');
  });

  it('has its header once across a resume, whether there were records before it or not', async () => {
    for (const before of [0, 2]) {
      const folder = await temporaryFolder();
      const chosen = { ...options, columns: ['id'] };
      const killed = await csv.open(contextOf(folder, { resumable: true }), chosen);
      if (before > 0) await killed.write(batchOf(...records(0, before)));
      const position = await killed.commit();
      await killed.write(batchOf(...records(before, 4)));
      await kill(killed, join(folder, '.out.csv.run1.tmp'));

      const resumed = await csv.open(contextOf(folder, { resumable: true }), chosen, position);
      await resumed.write(batchOf(...records(before, 4)));
      await resumed.close(reportOf());
      expect(await outputOf(folder)).toBe('id\nalpha:0\nalpha:1\nalpha:2\nalpha:3\n');
    }
  });

  it('has a header where no record came', async () => {
    const folder = await temporaryFolder();
    const sink = await csv.open(contextOf(folder), options);
    await sink.commit();
    await sink.close(reportOf());
    expect(await outputOf(folder)).toBe('id,source,source_id,title,price,processed_at\n');
  });

  it('refuses a column that no record has, also when it is only asked whether it could write', async () => {
    const folder = await temporaryFolder();
    const chosen = { ...options, columns: ['id', 'titel'] };
    const refusal = {
      code: 'sink_failed',
      message:
        'no record of the model "thing" has "titel": columns can be id, source, source_id, title, price, processed_at',
    };
    await expect(csv.open(contextOf(folder), chosen)).rejects.toMatchObject(refusal);
    await expect(csv.check?.(contextOf(folder), chosen)).rejects.toMatchObject(refusal);
  });

  it('says so before a run begins', () => {
    expect(csv.modelProblems?.(model, { ...options, columns: ['titel', 'id'] })).toEqual([
      expect.stringMatching(/^no record of the model "thing" has "titel": columns can be id, /),
    ]);
    expect(csv.modelProblems?.(model, { ...options, columns: ['title'] })).toEqual([]);
    expect(csv.modelProblems?.({ ...model, fields: undefined }, { ...options, columns: ['any'] })).toEqual([]);
  });

  it('takes the columns from a closed schema where the model lists no fields, and else asks for them', async () => {
    const folder = await temporaryFolder();
    const open = { type: 'object', properties: { title: {} } };
    const told = { name: 'thing', fields: undefined, jsonSchema: { ...open, additionalProperties: false } };
    const sink = await csv.open(contextOf(folder, { model: told }), options);
    await sink.close(reportOf());
    expect(await outputOf(folder)).toBe('id,source,source_id,title,processed_at\n');
    const untold = { name: 'thing', fields: undefined, jsonSchema: open };
    await expect(csv.open(contextOf(folder, { model: untold }), options)).rejects.toThrow(
      'the model "thing" does not say which fields its records have: name the columns',
    );
  });

  it('checks its options', () => {
    const validate = (value: unknown) => csv.options?.['~standard'].validate(value);
    expect(validate({})).toMatchObject({ value: { path: 'out/products.csv', lineEnding: 'lf' } });
    expect(validate({ compress: 'gzip' })).toMatchObject({ value: { path: 'out/products.csv.gz' } });
    expect(validate({ columns: [] })).toHaveProperty('issues');
    expect(validate({ columns: ['id', 'id'] })).toHaveProperty('issues');
    expect(validate({ lineEnding: 'cr' })).toHaveProperty('issues');
  });
});
