import { fileURLToPath } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { Tinypool } from 'tinypool';
import type { PageProcessor, PageVerdict } from '../contracts/batch.ts';
import { systemClock } from '../system-clock.ts';
import { createInHand, none, type Place } from './in-hand.ts';
import { messageOf } from './message-of.ts';
import { unpackReplies } from './packed-replies.ts';
import { createPageQueue } from './page-queue.ts';
import { packPages, type PageTask, type TaskResult, type WorkerSetup } from './protocol.ts';
import { serveRequests } from './side-channel.ts';
import { createTaskGuard, memoryOfThreads, type Overdue } from './task-guard.ts';
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
 * Room for new objects, in MiB: V8's own choice of 48 costs up to 50 MB more a thread over a long run, and with 3 a
 * thread spends a third of its time collecting. The rest of the heap has no limit of its own: one large allocation over such a limit aborts the whole
 * process, not the thread.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 6 };

const mebibyte = 1024 * 1024;

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
    name: 'processTask',
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
  // One for each thread at most: they go to and fro instead of being allocated for each task.
  const spareBuffers: ArrayBuffer[] = [];
  let running = 0;
  let feeding = false;
  let closed: Promise<void> | undefined;

  /** Gives each free thread what is waiting: it never waits for a batch to fill up. */
  function feed(): void {
    while (running < threads) {
      const batch = queue.take();
      if (batch.length === 0) return;
      running++;
      void run(batch);
    }
  }

  /**
   * Feeds once this turn of the event loop is over: pages that arrive in one turn go to a thread together, and each
   * task costs a round trip. A thread waits no longer for it than for the turn itself.
   */
  function feedSoon(): void {
    if (feeding || running >= threads) return;
    feeding = true;
    setImmediate(() => {
      feeding = false;
      feed();
    });
  }

  async function run(batch: readonly WaitingPage[]): Promise<void> {
    // A new one for each task: a thread that was killed may go on writing into its own for a moment.
    const inHand = createInHand();
    const pages = batch.map(({ page }) => page);
    // All pages of a batch are of one source where there are enrichers: they have a pool of their own.
    const ask = enriching === true ? batch[0]?.ask : undefined;
    const channel = ask && new MessageChannel();
    const endRequests = channel && serveRequests(channel.port1, ask);
    const task: PageTask = {
      ...packPages(pages, spareBuffers.pop() ?? new ArrayBuffer(batchBytes)),
      inHand: inHand.memory,
      ...(channel !== undefined && { port: channel.port2 }),
    };
    const killed = new AbortController();
    let loss: ThreadLoss | undefined;
    const unwatch = guard.watch({
      inHand,
      pageBytes: pages.map(({ bytes }) => bytes.length),
      apart: batch.some(({ apart }) => apart),
      kill(why, place) {
        loss = { why, place, message: describe(why, place) };
        // With a task's signal the pool kills the thread, which is what nothing else gets out of an endless loop.
        killed.abort();
      },
    });
    try {
      const result = pool.run(task, {
        transferList: [task.buffer, ...(channel ? [channel.port2] : [])],
        signal: killed.signal,
      }) as Promise<TaskResult>;
      watch();
      const { buffer, ...packed } = await result;
      // A page larger than a batch had a buffer of its own size: that one is not kept.
      if (buffer.byteLength === batchBytes) spareBuffers.push(buffer);
      const verdicts = unpackReplies(packed);
      batch.forEach(({ settle }, index) => settle(verdicts[index] ?? workerFailure('the thread gave no answer')));
    } catch (error) {
      watch();
      loss ??= { why: 'crash', place: inHand.read(), message: messageOf(error) };
      if (closed === undefined) queue.putBack(batch, loss);
      else for (const { settle } of batch) settle(workerFailure(error));
    } finally {
      unwatch();
      endRequests?.();
      queue.done(batch);
      running--;
      feed();
    }
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
        if (closed !== undefined) return settle(workerFailure('the worker pool is closed'));
        queue.add(page, settle, ask);
        feedSoon();
      });
    },
    close() {
      if (closed === undefined) {
        // Set first: the batches that `destroy` rejects must not be tried again.
        closed = pool.destroy();
        queue.clear('the worker pool was closed');
      }
      return closed;
    },
  };
}
