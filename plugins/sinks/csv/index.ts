import { z } from 'zod';
import { defineSink } from '../../../core/plugin.ts';
import { oneFile } from '../files/file-names.ts';
import { fileOptions, withSuffix } from '../files/file-options.ts';
import { checkTargets, forgetFiles, openRecordFiles } from '../files/record-files.ts';
import { columnProblems, columnsOf } from './columns.ts';
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
 * One record a row below a row with the names of the columns, in a file that appears when the run has ended, or in
 * one for each source. What a
 * spreadsheet would run as a formula is defused. Memory stays flat.
 */
export default defineSink({
  name: 'csv',
  options: options.transform(withSuffix),
  delivers: 'on-close',
  file: ({ path }) => oneFile(path),
  distributed: 'assembled',
  modelProblems: (model, { columns }) => columnProblems(model, columns),
  async open(context, { path, compress, columns: chosen, lineEnding }, committed) {
    const columns = columnsOf(context.model, chosen);
    const head = headerRow(columns, lineEnding);
    const files = await openRecordFiles({ context, path, compress, head, committed });
    return {
      write: (batch) => files.append(batch.source, csvRows(batch.records(), columns, lineEnding)),
      commit: () => files.commit(),
      close: () => files.publish(),
      abort: () => files.abort(),
    };
  },
  async check(context, { path, columns }) {
    columnsOf(context.model, columns);
    await checkTargets(path, context);
  },
  forget: (context, { path }) => forgetFiles(path, context),
});
