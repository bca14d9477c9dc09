import { appendFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { SinkContext, SinkPlugin, SinkPosition } from '../../../../core/contracts/sink.ts';
import duckdb from '../../../../plugins/sinks/duckdb/index.ts';
import { askDuckDb } from '../../../support/duckdb.ts';
import { silentLogger } from '../../../support/silent-logger.ts';
import { batchOf, reportOf, sinkContext } from '../../../support/sinks.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { modelOf } from '../table-sinks.ts';

const plugin = duckdb as SinkPlugin;
const options = { path: 'it.duckdb', memoryLimit: '256MB' };
const model = modelOf('product', { price: 'number' });

/** A record that was processed on that day of January. */
const record = (number: number, price: unknown, day = 1) => ({
  id: `alpha:${number}`,
  source: 'alpha',
  source_id: String(number),
  price,
  processed_at: `2026-01-0${day}T00:00:00.000Z`,
});

const open = (folder: string, runId: string, position?: SinkPosition, change: Partial<SinkContext> = {}) =>
  plugin.open(sinkContext(folder, { model, runId, resumable: true, ...change }), options, position);

/** A run that commits these records and ends badly; returns its position. */
async function leave(folder: string, runId: string, ...records: readonly Record<string, unknown>[]) {
  const sink = await open(folder, runId);
  await sink.write(batchOf(...records));
  const position = await sink.commit();
  await sink.abort();
  return position;
}

/** A run that writes these records and ends well. */
async function live(folder: string, runId: string, ...records: readonly Record<string, unknown>[]): Promise<void> {
  const sink = await open(folder, runId);
  await sink.write(batchOf(...records));
  await sink.commit();
  await sink.close(reportOf());
}

const rows = (folder: string) => askDuckDb(join(folder, 'it.duckdb'), 'SELECT id, price FROM product ORDER BY id');

describe('what a run has committed and not loaded', () => {
  it('waits for a resume, and comes into the table with the next run, before the records of that one', async () => {
    const folder = await temporaryFolder();
    await leave(folder, 'run1', record(1, 10), record(2, 20));
    expect(await rows(folder)).toEqual([]);
    await live(folder, 'run2', record(2, 22, 2), record(3, 33, 2));
    expect(await rows(folder)).toEqual([
      { id: 'alpha:1', price: 10 },
      { id: 'alpha:2', price: 22 },
      { id: 'alpha:3', price: 33 },
    ]);
    expect(await readdir(folder)).toEqual(['it.duckdb']);
  });

  it('is known to be in the table when its run is taken up after all', async () => {
    const folder = await temporaryFolder();
    const position = await leave(folder, 'run1', record(1, 10));
    await live(folder, 'run2', record(1, 11, 2));
    const again = await open(folder, 'run1', position);
    await again.write(batchOf(record(2, 20)));
    await again.commit();
    await again.close(reportOf());
    expect(await rows(folder)).toEqual([
      { id: 'alpha:1', price: 11 },
      { id: 'alpha:2', price: 20 },
    ]);
  });

  it('does not replace what was processed later', async () => {
    const folder = await temporaryFolder();
    await live(folder, 'run1', record(1, 11, 2), record(2, 22, 2));
    await leave(folder, 'run0', record(1, 10, 1), record(2, 23, 3));
    await live(folder, 'run3', record(3, 33));
    expect(await rows(folder)).toEqual([
      { id: 'alpha:1', price: 11 },
      { id: 'alpha:2', price: 23 },
      { id: 'alpha:3', price: 33 },
    ]);
  });

  it('is loaded but for a line that a kill has torn', async () => {
    const folder = await temporaryFolder();
    await leave(folder, 'run1', record(1, 10));
    await appendFile(join(folder, '.it.duckdb.run1.sink.1.spool'), '{"id":"alpha:2","sour');
    await live(folder, 'run2', record(3, 33));
    expect(await rows(folder)).toEqual([
      { id: 'alpha:1', price: 10 },
      { id: 'alpha:3', price: 33 },
    ]);
  });

  it('is told and stays where it can not be loaded, and the run goes on', async () => {
    const folder = await temporaryFolder();
    await leave(folder, 'run1', record(1, 'dear'));
    const warn = vi.fn<(message: string) => void>();
    const sink = await open(folder, 'run2', undefined, { logger: { ...silentLogger, warn } });
    await sink.write(batchOf(record(2, 20)));
    await sink.commit();
    await sink.close(reportOf());
    expect(warn.mock.calls).toEqual([
      [
        expect.stringMatching(
          /^the table "product" lacks what the run run1 has left in .*\.it\.duckdb\.run1\.sink\.1\.spool: .*"dear"$/,
        ),
      ],
    ]);
    expect(await rows(folder)).toEqual([{ id: 'alpha:2', price: 20 }]);
    expect(await readdir(folder)).toEqual(['.it.duckdb.run1.sink.1.spool', 'it.duckdb']);
    await plugin.forget?.(sinkContext(folder), options);
    expect(await readdir(folder)).toEqual(['it.duckdb']);
  });

  it('stays out of a database that has taken the place of its own, and is there for a resume in that', async () => {
    const folder = await temporaryFolder();
    const position = await leave(folder, 'run1', record(1, 10));
    await rename(join(folder, 'it.duckdb'), join(folder, 'elsewhere'));
    await live(folder, 'run2', record(2, 20));
    expect(await rows(folder)).toEqual([{ id: 'alpha:2', price: 20 }]);
    await rename(join(folder, 'elsewhere'), join(folder, 'it.duckdb'));
    await (await open(folder, 'run1', position)).close(reportOf());
    expect(await rows(folder)).toEqual([{ id: 'alpha:1', price: 10 }]);
  });

  it('is not taken from a sink that is at work in this process', async () => {
    const folder = await temporaryFolder();
    const one = await open(folder, 'run1', undefined, { name: 'one' });
    await one.write(batchOf(record(1, 10)));
    await one.commit();
    const two = await open(folder, 'run1', undefined, { name: 'two' });
    await two.close(reportOf());
    expect(await readdir(folder)).toContain('.it.duckdb.run1.one.1.spool');
    await one.close(reportOf());
    expect(await rows(folder)).toEqual([{ id: 'alpha:1', price: 10 }]);
  });

  it('is missed where somebody has removed it, or has shortened it', async () => {
    const folder = await temporaryFolder();
    const position = await leave(folder, 'run1', record(1, 10));
    const file = join(folder, '.it.duckdb.run1.sink.1.spool');
    await writeFile(file, '{"spool":{}}\n');
    await expect(open(folder, 'run1', position)).rejects.toThrow(/is not as the run left it: it holds 13 bytes where/);
    await rename(file, join(folder, 'elsewhere'));
    await expect(open(folder, 'run1', position)).rejects.toThrow(
      /holds 0 of the 1 commits of the run run1: it was replaced or restored since, or a file of the spool beside it was removed/,
    );
  });
});
