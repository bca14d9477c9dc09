import { defineSink } from '../../../core/plugin.ts';
import { filesBySource, oneFile } from '../files/file-names.ts';
import { fileOptions, withSuffix } from '../files/file-options.ts';
import { checkTargets, forgetFiles, openRecordFiles } from '../files/record-files.ts';

/** One record a line, in a file that appears when the run has ended, or in one for each source. Memory stays flat. */
export default defineSink({
  name: 'ndjson',
  options: fileOptions('out/products.ndjson').transform(withSuffix),
  delivers: 'on-close',
  file: ({ path }) => oneFile(path),
  // What is compressed is compressed in one place.
  distributed: {
    parts: (context, { path, compress }) => (compress === undefined ? filesBySource(path, context) : undefined),
  },
  async open(context, { path, compress }, committed) {
    const files = await openRecordFiles({ context, path, compress, committed });
    return {
      write: (batch) => files.append(batch.source, batch.ndjson),
      commit: () => files.commit(),
      close: () => files.publish(),
      abort: () => files.abort(),
    };
  },
  check: (context, { path }) => checkTargets(path, context),
  forget: (context, { path }) => forgetFiles(path, context),
});
