import { resolve } from 'node:path';
import { z } from 'zod';
import { defineSink } from '../../../core/plugin.ts';
import { openAppendFile } from '../files/append-file.ts';

const options = z.strictObject({
  /** Where the file appears, relative to the config's folder. Default `out/products.ndjson`. */
  path: z.string().min(1).default('out/products.ndjson'),
});

const position = z.strictObject({ bytes: z.int().nonnegative() });

/** One record a line, in a file that appears when the run has ended. Memory stays flat. */
export default defineSink({
  name: 'ndjson',
  options,
  delivers: 'on-close',
  async open(context, { path }, resumeFrom) {
    const file = await openAppendFile({
      path: resolve(context.baseDir, path),
      runId: context.runId,
      resumeAt: resumeFrom === undefined ? undefined : position.parse(resumeFrom).bytes,
    });
    return {
      write: (batch) => file.append(batch.ndjson),
      async commit() {
        await file.sync();
        return { bytes: file.size };
      },
      close: () => file.publish(),
      abort: () => file.discard(),
    };
  },
});
