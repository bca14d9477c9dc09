import type { Writable } from 'node:stream';
import { z } from 'zod';
import type { SinkPlugin } from '../../../core/plugin.ts';
import { defineSink, sinkError, SluiceError } from '../../../core/plugin.ts';
import { createTable } from './table.ts';

const position = z.strictObject({ bytes: z.int().nonnegative() });

const options = z.strictObject({
  format: z
    .enum(['auto', 'ndjson', 'table'])
    .default('auto')
    .describe('"ndjson" prints one record a line as JSON, "table" a row each for people, "auto" a table on a terminal'),
});

/** What a terminal that does not tell its size is taken for, in columns. */
const usualWidth = 80;

/** The stream that records are printed on. */
type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/**
 * One record a line as JSON, or a row each of a table, on a stream that is found when the sink opens, and never ended. A reader that goes away
 * (`| head`) ends this sink with `reader_gone`. What was written can't be taken back, so records may come twice across a
 * resume.
 */
export function createStdoutSink(stream: () => Output): SinkPlugin<z.output<typeof options>> {
  return defineSink({
    name: 'stdout',
    options,
    distributed: 'assembled',
    async open(context, { format }, resumeFrom) {
      const output = stream();
      const asTable = format === 'table' || (format === 'auto' && output.isTTY === true);
      // The last column stays free: writing it makes some terminals wrap.
      const table = asTable ? createTable(context, (output.columns || usualWidth) - 1) : undefined;
      let bytes = 0;
      if (resumeFrom !== undefined) {
        bytes = position.parse(resumeFrom).bytes;
        context.logger.warn('what was printed before can not be taken back: some records may be printed a second time');
      }
      let broken: Error | undefined;
      const onError = (error: Error): void => void (broken ??= error);
      output.on('error', onError);

      return {
        // Taken when the stream's callback says so: a slow reader slows the run.
        async write(batch) {
          if (broken !== undefined) throw outputError(broken);
          const printed = table === undefined ? batch.ndjson : Buffer.from(table.rows(batch.records()));
          await print(output, printed);
          bytes += printed.byteLength;
        },
        commit: async () => ({ bytes }),
        async close() {
          // Each write waited for its callback, so nothing is left to drain.
          if (broken !== undefined) throw outputError(broken);
          output.off('error', onError);
        },
        // The listener stays: a broken stream tells of it once more after the write's callback, and nobody
        // listening would end the process.
        async abort() {},
      };
    },
  });
}

function print(output: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(bytes, (error) => (error ? reject(outputError(error)) : resolve()));
  });
}

/** How a pipe, and a socket that its reader closed with something unread in it, say that nobody reads them any more. */
const readerGone: ReadonlySet<unknown> = new Set(['EPIPE', 'ECONNRESET']);

function outputError(error: Error): SluiceError {
  if ('code' in error && readerGone.has(error.code)) {
    return new SluiceError('reader_gone', 'the reader of the output went away', { cause: error });
  }
  return sinkError(error, 'writing to the output');
}

/** Records on stdout; nothing else is printed there during a run. */
export default createStdoutSink(() => process.stdout);
