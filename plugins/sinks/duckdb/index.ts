import { resolve } from 'node:path';
import { z } from 'zod';
import { defineSink, type SinkContext } from '../../../core/plugin.ts';
import { plainPathOption } from '../files/file-options.ts';
import { checkDuckTable } from './check.ts';
import { memoryLimit } from './memory-limit.ts';
import { removeSpool } from './spool-files.ts';
import { type DuckWriterOptions, openDuckWriter } from './writer.ts';

const options = z.strictObject({
  path: plainPathOption('out/products.duckdb', 'the database file, made where there is none'),
  table: z.string().min(1).optional().describe("the table; the model's name by default"),
  memoryLimit,
});

type Options = z.infer<typeof options>;

/** Records in a table of a DuckDB file, by id. Needs `@duckdb/node-api`. */
export default defineSink({
  name: 'duckdb',
  options,
  // The table is filled by large loads, the last of which is at the end.
  delivers: 'on-close',
  // One process at a time may have the file open.
  distributed: 'assembled',
  requires: ['@duckdb/node-api'],
  open: (context, given, position) => openDuckWriter(context, resolved(context, given), position),
  check: (context, given) => checkDuckTable(context, resolved(context, given)),
  forget: ({ baseDir, runId, name }, { path }) => removeSpool({ database: resolve(baseDir, path), runId, sink: name }),
});

function resolved({ baseDir, model }: SinkContext, { path, table, ...own }: Options): DuckWriterOptions {
  return { path: resolve(baseDir, path), table: table ?? model.name, ...own };
}
