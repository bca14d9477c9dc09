/** What goes between the main thread and a worker: plain data that a structured clone carries. */
import type { MessagePort } from 'node:worker_threads';
import type { PageInput } from '../contracts/batch.ts';
import type { CategoryMap } from '../contracts/categories.ts';
import type { PluginLocator } from '../contracts/locator.ts';
import type { QualityRule } from '../contracts/quality.ts';
import type { PackedReplies } from './packed-replies.ts';
import type { ItemFault } from './reject.ts';

/** Handed to each thread at its start: the worker loads the plugins itself, functions are never cloned. */
export interface WorkerSetup {
  readonly sources: Readonly<Record<string, PluginLocator>>;
  readonly model: { readonly name: string; readonly locator: PluginLocator };
  /** Key of the run's hashes, 64 bits. */
  readonly hashKey: bigint;
  /** Rules on the quality of records. Default: none. */
  readonly quality?: readonly QualityRule[] | undefined;
  /** Default: categories stay as they come. */
  readonly categories?: CategoryMap | undefined;
}

/** A page some of whose items are known to kill the thread that looks at them. */
export interface SuspectPage extends PageInput {
  /** By index within the page; these are rejected without being looked at. */
  readonly poisoned?: ReadonlyMap<number, ItemFault>;
}

/** One page of a task. Its bytes are the next `length` bytes of the task's. */
export interface TaskPage extends Omit<SuspectPage, 'bytes'> {
  readonly length: number;
}

/** What makes a thread work through batches, which come and are answered over the port, in their order. */
export interface SessionTask {
  readonly port: MessagePort;
  /** Bytes that the heap may keep after a batch; beyond that the thread ends the session, and the pool the thread. */
  readonly heapBytes: number;
}

/** A batch of pages. The bytes of all of them stand in one buffer, which is transferred there and back. */
export interface PageTask {
  readonly buffer: ArrayBuffer;
  readonly pages: readonly TaskPage[];
  /** Where the thread notes what it has in hand: see `in-hand.ts`. */
  readonly inHand: SharedArrayBuffer;
  /** Where the enrichers of these pages ask; their source has some. */
  readonly port?: MessagePort;
}

/** What a thread answers. */
export interface TaskResult extends PackedReplies {
  /** The task's own, to be used again: a thread would keep it as garbage for long, and a new one costs memory. */
  readonly buffer: ArrayBuffer;
}

/**
 * Copies pages into one buffer, into `spare` where that is large enough: a copy costs less than a transfer for each,
 * and the originals survive the thread.
 */
export function packPages(pages: readonly SuspectPage[], spare: ArrayBuffer): Pick<PageTask, 'buffer' | 'pages'> {
  const length = pages.reduce((sum, page) => sum + page.bytes.length, 0);
  const buffer = spare.byteLength >= length ? spare : new ArrayBuffer(length);
  const target = new Uint8Array(buffer);
  let offset = 0;
  const packed = pages.map(({ bytes, ...described }): TaskPage => {
    target.set(bytes, offset);
    offset += bytes.length;
    return { ...described, length: bytes.length };
  });
  return { buffer, pages: packed };
}
