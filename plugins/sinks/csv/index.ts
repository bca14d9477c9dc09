import { resolve } from 'node:path';
import { z } from 'zod';
import { defineSink } from '../../../core/plugin.ts';
import { fileOptions, withSuffix } from '../files/file-options.ts';
import { forgetFile } from '../files/forget-file.ts';
import { openRecordFile } from '../files/record-file.ts';
import { checkTarget } from '../files/target.ts';
import { columnsOf } from './columns.ts';
import { csvRows, headerRow } from './rows.ts';

const options = fileOptions('out/products.csv').extend({
  columns: z
    .array(z.string().min(1))
    .min(1)
    .refine((columns) => new Set(columns).size === columns.length, { error: 'a column stands there twice' })
    .readonly()
    .exactOptional()
    .describe("fields that become columns, in this order; default: all, in the model's order"),
  lineEnding: z
    .enum(['lf', 'crlf'])
    .default('lf')
    .describe('how lines end: "lf" as on Unix, "crlf" as RFC 4180 has it'),
});

/**
 * One record a row below a row with the names of the columns, in a file that appears when the run has ended. What a
 * spreadsheet would run as a formula is defused. Memory stays flat.
 */
export default defineSink({
  name: 'csv',
  options: options.transform(withSuffix),
  delivers: 'on-close',
  async open(context, { path, compress, columns: chosen, lineEnding }, committed) {
    const columns = columnsOf(context.model, chosen);
    const head = headerRow(columns, lineEnding);
    const file = await openRecordFile({ context, path, compress, head, committed });
    return {
      write: (batch) => file.append(csvRows(batch.records(), columns, lineEnding)),
      commit: () => file.commit(),
      close: () => file.publish(),
      abort: () => file.abort(),
    };
  },
  async check({ baseDir, model }, { path, columns }) {
    columnsOf(model, columns);
    await checkTarget(resolve(baseDir, path));
  },
  forget: ({ baseDir, runId }, { path }) => forgetFile({ path: resolve(baseDir, path), runId }),
});
