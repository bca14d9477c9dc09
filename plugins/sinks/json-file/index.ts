import { resolve } from 'node:path';
import { z } from 'zod';
import { defineSink } from '../../../core/plugin.ts';
import type { AppendFile } from '../files/append-file.ts';
import { openAppendFile } from '../files/append-file.ts';
import { arrayElements, documentHead, documentTail, summaryBytes, summaryAt } from './document.ts';

const options = z.strictObject({
  /** Where the file appears, relative to the config's folder. Default `out/products.json`. */
  path: z.string().min(1).default('out/products.json'),
});

/** `head` is where the records begin: the room kept for the summary depends on the run's sources. */
const position = z.strictObject({ bytes: z.int().nonnegative(), head: z.int().nonnegative() });

/**
 * The whole document of a run, `{ summary, products, errors, metrics, monitoring }`, in one file that appears
 * when the run has ended. The records are streamed, and the summary, known last and standing first, is written
 * into room kept for it: memory stays flat, and the end takes no longer for a million records.
 */
export default defineSink({
  name: 'json-file',
  options,
  delivers: 'on-close',
  async open(context, { path }, resumeFrom) {
    const resumed = resumeFrom === undefined ? undefined : position.parse(resumeFrom);
    const file = await openAppendFile({
      path: resolve(context.baseDir, path),
      runId: context.runId,
      resumeAt: resumed?.bytes,
    });
    if (resumed === undefined) await begin(file, documentHead(context));
    const head = resumed?.head ?? file.size;
    return {
      write: (batch) => file.append(arrayElements(batch, file.size === head)),
      async commit() {
        await file.sync();
        return { bytes: file.size, head };
      },
      async close(report) {
        const summary = summaryBytes(report, head);
        await file.append(documentTail(report));
        await file.overwrite(summary, summaryAt);
        await file.publish();
      },
      abort: () => file.discard(),
    };
  },
});

/** A sink that can't be opened is never aborted by the run: what is there already goes here. */
async function begin(file: AppendFile, head: Uint8Array): Promise<void> {
  try {
    await file.append(head);
  } catch (error) {
    await file.discard();
    throw error;
  }
}
