import { dirname, resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { defineSink } from '../../../core/plugin.ts';
import { checkDuckTable } from '../duckdb/check.ts';
import { memoryLimit } from '../duckdb/memory-limit.ts';
import { plainPathOption } from '../files/file-options.ts';
import { checkTarget } from '../files/target.ts';
import { table } from './export.ts';
import { parquetPaths, removeHidden } from './paths.ts';
import { openParquetWriter } from './writer.ts';

const options = z.strictObject({
  path: plainPathOption('out/products.parquet', 'where the file appears when the run has ended'),
  memoryLimit,
});

/** Records in a Parquet file that appears when the run has ended. Needs `@duckdb/node-api`. */
export default defineSink({
  name: 'parquet',
  options,
  delivers: 'on-close',
  file: ({ path }) => path,
  distributed: 'assembled',
  requires: ['@duckdb/node-api'],
  open: (context, { path, ...own }, position) =>
    openParquetWriter(context, { path: resolve(context.baseDir, path), ...own }, position),
  async check(context, { path, ...own }) {
    const target = resolve(context.baseDir, path);
    await checkTarget(target);
    // Under a name that nothing has: each run begins with a store of its own.
    await checkDuckTable(context, { path: `${target}.store`, table, ...own });
  },
  async forget({ baseDir, runId, name }, { path }) {
    const target = resolve(baseDir, path);
    // Where the folder is gone, so is what was in it.
    if ((await stat(dirname(target)).catch(() => undefined)) === undefined) return;
    await removeHidden(await parquetPaths({ path: target, runId }), runId, name);
  },
});
