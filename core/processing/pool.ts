import { fileURLToPath } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { Tinypool } from 'tinypool';
import type { PageProcessor, PageVerdict } from '../contracts/batch.ts';
import { systemClock } from '../system-clock.ts';
import { none, type Place } from './in-hand.ts';
import { unpackReplies } from './packed-replies.ts';
import { createPageQueue } from './page-queue.ts';
import { packPages, type TaskResult, type WorkerSetup } from './protocol.ts';
import { serveRequests } from './side-channel.ts';
import { createTaskGuard, memoryOfThreads, type Overdue } from './task-guard.ts';
import { createThread, type Thread } from './thread.ts';
import type { ThreadLoss, WaitingPage } from './thread-loss.ts';
import { watchThreads } from './watch-threads.ts';
import { workerFailure } from './worker-failure.ts';

/** What the pool needs to know; its threads get the `WorkerSetup`. */
export interface WorkerPoolOptions extends WorkerSetup {
  readonly threads: number;
  /** Bytes of pages that go to a thread at once; a larger page goes alone. */
  readonly batchBytes: number;
  /** Milliseconds that a thread may take for one record, or for a page outside of its records. */
  readonly recordTimeoutMs: number;
  /** Bytes by which memory may grow for one record, and that the heap of a thread may keep. Default 512 MiB. */
  readonly recordMemoryBytes?: number;
  /** All its pages are of one source, whose enrichers wait for their upstream. Default false. */
  readonly enriching?: boolean;
  /** Compiled module that the threads run. Default: the one beside this file. */
  readonly workerUrl?: URL;
}

/**
 * Room for new objects, in MiB: V8's own choice of 48 costs up to 50 MB more a thread over a long run, and saves no time.
 * The rest of the heap has no limit of its own: one large allocation over such a limit aborts the whole process, not the
 * thread.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 6 };

const mebibyte = 1024 * 1024;

const closedMessage = 'the worker pool is closed';

/**
 * Starts worker threads that turn pages into records. They start at once, so that this overlaps with the first
 * fetch. The bytes of a page stay here until its verdict is in: a thread that dies takes nothing with it.
 */
export function createWorkerPool(options: WorkerPoolOptions): PageProcessor {
  const {
    threads,
    batchBytes,
    recordTimeoutMs,
    workerUrl = new URL('../processing/worker.js', import.meta.url),
  } = options;
  const { recordMemoryBytes = 512 * mebibyte, sources, model, hashKey, quality, categories, enriching } = options;
  const pool = new Tinypool({
    filename: fileURLToPath(workerUrl),
    name: 'workThrough',
    minThreads: threads,
    maxThreads: threads,
    workerData: { sources, model, hashKey, quality, categories } satisfies WorkerSetup,
    resourceLimits,
    // A plugin that keeps a little of every record is given a new thread before the heap is full.
    maxMemoryLimitBeforeRecycle: recordMemoryBytes,
  });
  const watch = watchThreads(pool);
  // The system's clock, whatever clock the run has: threads live in real time.
  const limits = { recordTimeoutMs, recordMemoryBytes };
  const guard = createTaskGuard({ ...limits, clock: systemClock, threadMemory: memoryOfThreads });
  const queue = createPageQueue(batchBytes);
  // Two for each thread at most: they go to and fro instead of being allocated for each batch.
  const spareBuffers: ArrayBuffer[] = [];
  const all = Array.from({ length: threads }, () =>
    createThread({ pool, guard, heapBytes: recordMemoryBytes, watch, describe, answered, lost }),
  );
  let feeding = false;
  let closed: Promise<void> | undefined;

  /**
   * Gives each free thread what is waiting, and each busy one a batch to go on with: it never waits for a batch to fill up,
   * and no thread for this one's turn.
   */
  function feed(): void {
    for (const thread of all) if (thread.underWay.length === 0) give(thread, queue.take());
    if (enriching === true) return;
    for (const thread of all) {
      const [inHand, next] = thread.underWay;
      if (inHand !== undefined && next === undefined) give(thread, queue.take(inHand));
    }
  }

  function give(thread: Thread, batch: readonly WaitingPage[]): void {
    if (batch.length === 0) return;
    // All pages of a batch are of one source where there are enrichers: they have a pool of their own.
    const ask = enriching === true ? batch[0]?.ask : undefined;
    const channel = ask && new MessageChannel();
    const endRequests = channel && serveRequests(channel.port1, ask);
    const packed = packPages(
      batch.map(({ page }) => page),
      spareBuffers.pop() ?? new ArrayBuffer(batchBytes),
    );
    thread.give({
      batch,
      task: { ...packed, ...(channel !== undefined && { port: channel.port2 }) },
      over() {
        endRequests?.();
        queue.done(batch);
      },
    });
  }

  /**
   * Feeds once this turn of the event loop is over: pages that arrive in one turn go to a thread together, and each
   * batch costs a round trip. A thread waits no longer for it than for the turn itself.
   */
  function feedSoon(): void {
    if (feeding) return;
    feeding = true;
    setImmediate(() => {
      feeding = false;
      feed();
    });
  }

  function answered(batch: readonly WaitingPage[], { buffer, ...packed }: TaskResult): void {
    // A page larger than a batch had a buffer of its own size: that one is not kept.
    if (buffer.byteLength === batchBytes) spareBuffers.push(buffer);
    const verdicts = unpackReplies(packed);
    batch.forEach(({ settle }, index) => settle(verdicts[index] ?? workerFailure('the thread gave no answer')));
    feed();
  }

  function lost(batches: readonly (readonly WaitingPage[])[], loss: ThreadLoss | undefined): void {
    for (const [index, batch] of [...batches.entries()].toReversed()) {
      if (closed === undefined) queue.putBack(batch, index === 0 ? loss : undefined);
      else for (const { settle } of batch) settle(workerFailure(closedMessage));
    }
    feed();
  }

  function describe(why: Overdue, { page, item }: Place): string {
    const what = page === none || item < 0 ? 'reading the page' : 'the record';
    if (why === 'timeout') return `${what} took longer than ${recordTimeoutMs} ms`;
    return `${what} took more than ${Math.round(recordMemoryBytes / mebibyte)} MiB of memory`;
  }

  return {
    threads,
    process(page, ask) {
      return new Promise<PageVerdict>((settle) => {
        if (closed !== undefined) return settle(workerFailure(closedMessage));
        queue.add(page, settle, ask);
        feedSoon();
      });
    },
    close() {
      if (closed === undefined) {
        // Set first: the batches of the threads that `destroy` ends must not be tried again.
        closed = pool.destroy();
        queue.clear('the worker pool was closed');
      }
      return closed;
    },
  };
}
