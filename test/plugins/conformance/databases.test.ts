import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { testSink } from '../../../core/testing.ts';
import duckdb from '../../../plugins/sinks/duckdb/index.ts';
import parquet from '../../../plugins/sinks/parquet/index.ts';
import postgres from '../../../plugins/sinks/postgres/index.ts';
import { askDuckDb } from '../../support/duckdb.ts';
import { postgresPrograms, startPostgres, type TestServer } from '../../support/postgres.ts';

describe('the sinks of databases pass the tests of every sink', { timeout: 180_000 }, () => {
  it('duckdb', async () => {
    const read = async (folder: string) => {
      // Before the first run there is no table, and during one the file can't be read: no records, as in an empty table.
      const asked = askDuckDb(join(folder, 'it.duckdb'), 'SELECT id FROM product ORDER BY id').catch(() => []);
      return (await asked).map(({ id }) => id);
    };
    await expect(testSink(duckdb, { options: { path: 'it.duckdb' }, read })).resolves.toBeUndefined();
  });

  it('parquet', async () => {
    const read = async (folder: string) => {
      const rows = await askDuckDb(':memory:', `SELECT id FROM '${join(folder, 'it.parquet')}'`);
      return rows.map(({ id }) => id);
    };
    await expect(testSink(parquet, { options: { path: 'it.parquet' }, read })).resolves.toBeUndefined();
  });

  describe.skipIf(postgresPrograms === undefined)('with a server (skipped: PostgreSQL is not installed)', () => {
    let server: TestServer | undefined;
    afterAll(() => server?.stop());

    it('postgres', async () => {
      server = await startPostgres();
      const { ask, url } = server;
      const read = async () => {
        const rows = await ask('kit', 'SELECT id FROM product ORDER BY id');
        return rows.map(({ id }) => id);
      };
      const reset = () => ask('kit', 'DROP TABLE IF EXISTS product, sluice_runs');
      const test = testSink(postgres, { options: { url: await url('kit') }, read, reset });
      await expect(test).resolves.toBeUndefined();
    });
  });
});
