import { resolve } from 'node:path';
import { defineSink } from '../../../core/plugin.ts';
import { fileOptions, withSuffix } from '../files/file-options.ts';
import { forgetFile } from '../files/forget-file.ts';
import { openRecordFile } from '../files/record-file.ts';
import { checkTarget } from '../files/target.ts';

/** One record a line, in a file that appears when the run has ended. Memory stays flat. */
export default defineSink({
  name: 'ndjson',
  options: fileOptions('out/products.ndjson').transform(withSuffix),
  delivers: 'on-close',
  async open(context, { path, compress }, committed) {
    const file = await openRecordFile({ context, path, compress, committed });
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
