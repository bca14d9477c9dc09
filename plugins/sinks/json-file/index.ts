import { z } from 'zod';
import { defineSink } from '../../../core/plugin.ts';
import { type AppendFile, openAppendFile } from '../files/append-file.ts';
import { fileOf } from '../files/file-names.ts';
import { pathOption } from '../files/file-options.ts';
import { filePosition } from '../files/file-position.ts';
import { forgetFile } from '../files/forget-file.ts';
import { checkTarget } from '../files/target.ts';
import { arrayElements, documentHead, documentTail, summaryBytes, summaryAt } from './document.ts';

const options = z.strictObject({ path: pathOption('out/products.json', ['date']) });

/** `head` is where the records begin: the room kept for the summary depends on the run's sources. */
const documentPosition = filePosition.extend({ head: z.int().nonnegative() });

/**
 * The whole document of a run, `{ summary, products, errors, metrics, monitoring }`, in one file that appears
 * when the run has ended. The records are streamed, and the summary, known last and standing first, is written
 * into room kept for it: memory stays flat, and the end takes no longer for a million records.
 */
export default defineSink({
  name: 'json-file',
  options,
  delivers: 'on-close',
  file: ({ path }) => path,
  distributed: 'assembled',
  async open(context, { path }, committed) {
    const found = committed === undefined ? undefined : documentPosition.parse(committed);
    // Without a record in it there is nothing to be found again.
    const resumed = found !== undefined && found.bytes > found.head ? found : undefined;
    const opening = documentHead(context);
    const head = resumed?.head ?? opening.byteLength;
    const file = await openAppendFile({
      path: fileOf(path, context),
      runId: context.runId,
      resumable: context.resumable,
      // The room for the summary holds another one at each end of the run.
      fixedFrom: head,
      position: resumed && { bytes: resumed.bytes, tail: resumed.tail },
    });
    if (resumed === undefined) await begin(file, opening);
    return {
      write: (batch) => file.append(arrayElements(batch, file.size === head)),
      commit: async () => ({ ...(await file.commit()), head }),
      async close(report) {
        const summary = summaryBytes(report, head);
        await file.append(documentTail(report));
        await file.overwrite(summary, summaryAt);
        await file.publish();
      },
      abort: () => file.abort(),
    };
  },
  check: (context, { path }) => checkTarget(fileOf(path, context)),
  forget: (context, { path }) => forgetFile({ path: fileOf(path, context), runId: context.runId }),
});

/** A sink that can't be opened is never aborted by the run: what is there already goes here. */
async function begin(file: AppendFile, opening: Uint8Array): Promise<void> {
  try {
    await file.append(opening);
  } catch (error) {
    await file.abort();
    throw error;
  }
}
