/** What goes between the main thread and a worker: plain data that a structured clone carries. */
import type { PageInput, PageVerdict } from '../contracts/batch.ts';
import type { PluginLocator } from '../contracts/locator.ts';

/** Handed to each thread at its start: the worker loads the plugins itself, functions are never cloned. */
export interface WorkerSetup {
  readonly sources: Readonly<Record<string, PluginLocator>>;
  readonly model: { readonly name: string; readonly locator: PluginLocator };
  /** Key of the run's hashes, 64 bits. */
  readonly hashKey: bigint;
}

/** One page of a task. Its bytes are the next `length` bytes of the task's. */
export interface TaskPage extends Omit<PageInput, 'bytes'> {
  readonly length: number;
}

/** A batch of pages. The bytes of all of them stand in one buffer, which is transferred there and back. */
export interface PageTask {
  readonly buffer: ArrayBuffer;
  readonly pages: readonly TaskPage[];
}

/** What a worker answers, in the order of the task's pages. */
export interface TaskResult {
  /** The task's own, to be used again: a thread would keep it as garbage for long, and a new one costs memory. */
  readonly buffer: ArrayBuffer;
  readonly replies: readonly PageVerdict[];
}

/**
 * Copies pages into one task, into `spare` where that is large enough: a copy costs less than a transfer for each, and
 * the originals survive the thread.
 */
export function packTask(pages: readonly PageInput[], spare = new ArrayBuffer(0)): PageTask {
  const length = pages.reduce((sum, page) => sum + page.bytes.length, 0);
  const bytes = new Uint8Array(spare.byteLength >= length ? spare : new ArrayBuffer(length));
  let offset = 0;
  const packed = pages.map((page): TaskPage => {
    bytes.set(page.bytes, offset);
    offset += page.bytes.length;
    const { source, contentType, processedAt, skip } = page;
    const described = { source, contentType, processedAt, length: page.bytes.length };
    return skip === undefined ? described : { ...described, skip };
  });
  return { buffer: bytes.buffer, pages: packed };
}
