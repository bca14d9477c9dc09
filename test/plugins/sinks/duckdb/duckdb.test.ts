import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SinkPlugin } from '../../../../core/contracts/sink.ts';
import { openDuckDatabase } from '../../../../plugins/sinks/duckdb/connection.ts';
import duckdb from '../../../../plugins/sinks/duckdb/index.ts';
import { batchOf, records, reportOf, sinkContext } from '../../../support/sinks.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { modelOf, type Place, testTables, writeOnce } from '../table-sinks.ts';

const plugin = duckdb as SinkPlugin;
const options = { path: 'it.duckdb', memoryLimit: '256MB' };
const model = modelOf('product', { title: 'string' });

async function place(): Promise<Place> {
  const folder = await temporaryFolder();
  return {
    plugin,
    options,
    folder,
    async ask(sql) {
      const instance = await DuckDBInstance.fromCache(join(folder, 'it.duckdb'));
      const connection = await instance.connect();
      try {
        return (await connection.runAndReadAll(sql)).getRowObjects();
      } finally {
        connection.closeSync();
        instance.closeSync();
      }
    },
  };
}

describe('the duckdb sink', () => {
  testTables(place);

  it('leaves one file, and nothing after a forget', async () => {
    const there = await place();
    await writeOnce(there, model, [{ title: 'a' }]);
    expect(await readdir(there.folder)).toEqual(['it.duckdb']);
    await writeFile(join(there.folder, '.it.duckdb.run1.sink.2.spool'), 'left by a kill');
    await plugin.forget?.(sinkContext(there.folder), options);
    expect(await readdir(there.folder)).toEqual(['it.duckdb']);
  });

  it.each([
    ['512MB', '244.1 MiB'],
    ['0.5 GB', '238.4 MiB'],
    ['1GiB', '512.0 MiB'],
    ['1001 kb', '488.7 KiB'],
  ])('lets half of %s hold what is not in the file yet', async (memoryLimit, threshold) => {
    const database = await openDuckDatabase({ path: ':memory:', memoryLimit });
    expect(await database.query(`SELECT current_setting('checkpoint_threshold')`)).toEqual([[threshold]]);
    await database.close();
  });

  it('keeps NUL characters', async () => {
    const there = await place();
    await writeOnce(there, model, [{ title: 'a\0b' }]);
    expect(await there.ask('SELECT title FROM product')).toEqual([{ title: 'a\0b' }]);
  });

  it('takes two sinks on one file', async () => {
    const there = await place();
    const open = (name: string) => plugin.open(sinkContext(there.folder, { name, model }), { ...options, table: name });
    const [one, two] = [await open('one'), await open('two')];
    for (const [index, sink] of [one, two].entries()) await sink.write(batchOf(...records(index, 10)));
    await Promise.all([one.commit(), two.commit()]);
    await one.close(reportOf());
    await two.write(batchOf(...records(10, 20)));
    await two.commit();
    await two.close(reportOf());
    const counts = 'SELECT (SELECT count(*) FROM one)::INT AS one, (SELECT count(*) FROM two)::INT AS two';
    expect(await there.ask(counts)).toEqual([{ one: 10, two: 19 }]);
  });

  it('notices that its file is replaced', async () => {
    const there = await place();
    const writer = await plugin.open(sinkContext(there.folder, { model }), options);
    await rename(join(there.folder, 'it.duckdb'), join(there.folder, 'elsewhere'));
    await writeFile(join(there.folder, 'it.duckdb'), '');
    await writer.write(batchOf(...records(0, 2)));
    await expect(writer.commit()).rejects.toThrow(/it\.duckdb was replaced while the run wrote to it/);
    await writer.abort();
  });

  it('says which process keeps it from opening its file, also to a check', async () => {
    const there = await place();
    const file = join(there.folder, 'it.duckdb');
    const library = JSON.stringify(import.meta.resolve('@duckdb/node-api'));
    const open = `const { DuckDBInstance } = await import(${library});
      await DuckDBInstance.create(${JSON.stringify(file)}); console.log('open'); setInterval(() => {}, 1000);`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', open], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void other.kill('SIGKILL'));
    await once(other.stdout, 'data');
    const words = `${file} is in use by the process ${other.pid}: try again when that has let go of it`;
    await expect(writeOnce(there, model, [])).rejects.toMatchObject({ code: 'sink_failed', message: words });
    await expect(plugin.check?.(sinkContext(there.folder, { model }), options)).rejects.toThrow(words);
  });

  it('keeps other processes out of its file, which are told who has it', async () => {
    const there = await place();
    const writer = await plugin.open(sinkContext(there.folder, { model }), options);
    const open = `const { DuckDBInstance } = await import(${JSON.stringify(import.meta.resolve('@duckdb/node-api'))});
      await DuckDBInstance.create(${JSON.stringify(join(there.folder, 'it.duckdb'))});`;
    const other = promisify(execFile)(process.execPath, ['--input-type=module', '-e', open]);
    await expect(other).rejects.toThrow(new RegExp(`Conflicting lock is held[^]*${process.pid}`));
    await writer.abort();
  });

  const begun = Buffer.concat([Buffer.alloc(8), Buffer.from('DUCK'), Buffer.alloc(8192 - 12)]);
  const longAgo = new Date(Date.now() - 60_000);

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['two of the three headers', begun],
  ])('makes a file anew that a full disk or a kill has left with %s', async (_, left) => {
    const there = await place();
    const file = join(there.folder, 'it.duckdb');
    await writeFile(file, left);
    await utimes(file, longAgo, longAgo);
    await plugin.check?.(sinkContext(there.folder, { model }), options);
    expect(await readFile(file)).toEqual(left);
    await writeOnce(there, model, [{ title: 'a' }]);
    expect(await there.ask('SELECT title FROM product')).toEqual([{ title: 'a' }]);
  });

  it('waits for a file that is being made by another process', async () => {
    const [there, other] = [await place(), await place()];
    await writeOnce(other, model, [{ title: 'kept' }]);
    const file = join(there.folder, 'it.duckdb');
    await writeFile(file, begun);
    const made = setTimeout(200).then(() => rename(join(other.folder, 'it.duckdb'), file));
    await writeOnce(there, model, []);
    await made;
    expect(await there.ask('SELECT title FROM product')).toEqual([{ title: 'kept' }]);
  });

  it('leaves a file alone that is short and no database', async () => {
    const there = await place();
    const file = join(there.folder, 'it.duckdb');
    const left = Buffer.from('a note that somebody keeps here');
    await writeFile(file, left);
    await utimes(file, longAgo, longAgo);
    await expect(writeOnce(there, model, [])).rejects.toMatchObject({ code: 'sink_failed' });
    expect(await readFile(file)).toEqual(left);
  });

  it('refuses a file that is no database, and leaves it alone', async () => {
    const there = await place();
    await writeFile(join(there.folder, 'it.duckdb'), 'something else, and long enough to be looked at'.repeat(1000));
    await expect(writeOnce(there, model, [])).rejects.toMatchObject({ code: 'sink_failed' });
    expect(await readdir(there.folder)).toEqual(['it.duckdb']);
  });
});
