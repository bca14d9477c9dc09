import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDuckWriter } from '../../../../plugins/sinks/duckdb/writer.ts';
import { askDuckDb } from '../../../support/duckdb.ts';
import { batchOf, reportOf, sinkContext } from '../../../support/sinks.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { modelOf } from '../table-sinks.ts';

/** Texts of 12 KB: 25,000 of them are more than the memory that DuckDB may take. */
const long = 'The quick brown fox jumps over the lazy dog. '.repeat(270);
const loads = 28;
const recordsOfLoad = 900;

it('replaces more records than DuckDB may have in its memory', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'it.duckdb');
  const model = modelOf('product', { title: 'string' });
  for (const [runId, word] of [
    ['run1', 'first'],
    ['run2', 'second'],
  ] as const) {
    const sink = await openDuckWriter(
      sinkContext(folder, { model, runId }),
      { path, table: 'product', memoryLimit: '256MB' },
      undefined,
    );
    for (let load = 0; load < loads; load += 1) {
      const records = Array.from({ length: recordsOfLoad }, (_, index) => ({
        id: `alpha:${load * recordsOfLoad + index}`,
        title: `${word} ${index} ${long}`,
      }));
      await sink.write(batchOf(...records));
      await sink.commit();
    }
    await sink.close(reportOf());
    const rows = await askDuckDb(
      path,
      `SELECT count(*)::INTEGER AS count, count(DISTINCT id)::INTEGER AS ids FROM product WHERE title LIKE '${word} %'`,
    );
    expect(rows).toEqual([{ count: loads * recordsOfLoad, ids: loads * recordsOfLoad }]);
  }
});
