import { resolve } from 'node:path';
import { z } from 'zod';
import { defineSink } from '../../../core/plugin.ts';
import { openAppendFile } from '../files/append-file.ts';
import { filePosition } from '../files/file-position.ts';
import { forgetFile } from '../files/forget-file.ts';
import { checkTarget } from '../files/target.ts';

const options = z.strictObject({
  path: z
    .string()
    .min(1)
    .default('out/products.ndjson')
    .describe("where the file appears when the run has ended, relative to the config's folder"),
});

/** One record a line, in a file that appears when the run has ended. Memory stays flat. */
export default defineSink({
  name: 'ndjson',
  options,
  delivers: 'on-close',
  async open(context, { path }, committed) {
    const found = committed === undefined ? undefined : filePosition.parse(committed);
    const file = await openAppendFile({
      path: resolve(context.baseDir, path),
      runId: context.runId,
      resumable: context.resumable,
      fixedFrom: 0,
      // Without a record in it there is nothing to be found again.
      position: found?.bytes === 0 ? undefined : found,
    });
    return {
      write: (batch) => file.append(batch.ndjson),
      commit: () => file.commit(),
      close: () => file.publish(),
      abort: () => file.abort(),
    };
  },
  check: ({ baseDir }, { path }) => checkTarget(resolve(baseDir, path)),
  forget: ({ baseDir, runId }, { path }) => forgetFile({ path: resolve(baseDir, path), runId }),
});
