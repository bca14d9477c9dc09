import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testSink } from '../../../core/testing.ts';
import history from '../../../plugins/sinks/history/index.ts';
import { askDuckDb } from '../../support/duckdb.ts';

it('the history passes the tests of every sink', { timeout: 180_000 }, async () => {
  const read = async (folder: string) => {
    const rows = await askDuckDb(join(folder, 'state/history.duckdb'), 'SELECT id FROM prices ORDER BY id');
    return rows.map(({ id }) => id);
  };
  await expect(testSink(history, { options: { dir: 'state', value: 'price' }, read })).resolves.toBeUndefined();
});
