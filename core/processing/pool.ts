import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';
import type { PageInput, PageProcessor, PageVerdict } from '../contracts/batch.ts';
import { packTask, type TaskResult, type WorkerSetup } from './protocol.ts';
import { watchThreads } from './watch-threads.ts';
import { workerFailure } from './worker-failure.ts';

/** What the pool needs to know; its threads get the `WorkerSetup`. */
export interface WorkerPoolOptions extends WorkerSetup {
  readonly threads: number;
  /** Bytes of pages that go to a thread at once; a larger page goes alone. */
  readonly batchBytes: number;
  /** Compiled module that the threads run. Default: the one beside this file. */
  readonly workerUrl?: URL;
}

/**
 * Room for new objects, in MiB: V8's own choice of 48 costs up to 50 MB more a thread over a long run and saves no
 * time. The rest of the heap has no limit of its own: one large allocation over such a limit aborts the whole
 * process, not the thread.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 3 };

interface WaitingPage {
  readonly page: PageInput;
  /** A thread died while it had this page: the next one gets it alone. */
  readonly suspect: boolean;
  readonly settle: (reply: PageVerdict) => void;
}

/**
 * Starts worker threads that turn pages into records. They start at once, so that this overlaps with the first
 * fetch. The bytes of a page stay here until its verdict is in: a thread that dies takes nothing with it.
 */
export function createWorkerPool(options: WorkerPoolOptions): PageProcessor {
  const { threads, batchBytes, workerUrl = new URL('./worker.js', import.meta.url) } = options;
  const { sources, model, hashKey } = options;
  const pool = new Tinypool({
    filename: fileURLToPath(workerUrl),
    name: 'processTask',
    minThreads: threads,
    maxThreads: threads,
    workerData: { sources, model, hashKey } satisfies WorkerSetup,
    resourceLimits,
  });
  const watch = watchThreads(pool);
  const waiting: WaitingPage[] = [];
  // One for each thread at most: they go to and fro instead of being allocated for each task.
  const spareBuffers: ArrayBuffer[] = [];
  let running = 0;
  let closed: Promise<void> | undefined;

  /** Gives each free thread what is waiting: it never waits for a batch to fill up. */
  function feed(): void {
    while (running < threads && waiting.length > 0) {
      running++;
      void run(takeBatch());
    }
  }

  function takeBatch(): WaitingPage[] {
    let bytes = 0;
    let count = 0;
    for (const { page, suspect } of waiting) {
      bytes += page.bytes.length;
      if (count > 0 && (suspect || bytes > batchBytes)) break;
      count++;
      if (suspect) break;
    }
    return waiting.splice(0, count);
  }

  async function run(batch: readonly WaitingPage[]): Promise<void> {
    const spare = spareBuffers.pop() ?? new ArrayBuffer(batchBytes);
    const task = packTask(
      batch.map(({ page }) => page),
      spare,
    );
    try {
      // No abort signal: it would kill the thread. The pool is stopped by no longer feeding it.
      const result = pool.run(task, { transferList: [task.buffer] }) as Promise<TaskResult>;
      watch();
      const { replies, buffer } = await result;
      // A page larger than a batch had a buffer of its own size: that one is not kept.
      if (buffer.byteLength === batchBytes) spareBuffers.push(buffer);
      batch.forEach(({ settle }, index) => settle(replies[index] ?? workerFailure('the thread gave no answer')));
    } catch (error) {
      watch();
      retryAlone(batch, error);
    } finally {
      running--;
      feed();
    }
  }

  /** One page of the batch may have killed the thread: each gets one more try, alone, and only that one fails. */
  function retryAlone(batch: readonly WaitingPage[], error: unknown): void {
    for (const item of batch.toReversed()) {
      if (item.suspect || closed !== undefined) item.settle(workerFailure(error));
      else waiting.unshift({ ...item, suspect: true });
    }
  }

  return {
    threads,
    process(page) {
      return new Promise<PageVerdict>((resolve) => {
        if (closed !== undefined) return resolve(workerFailure('the worker pool is closed'));
        waiting.push({ page, suspect: false, settle: resolve });
        feed();
      });
    },
    close() {
      if (closed === undefined) {
        // Set first: the batches that `destroy` rejects must not be tried again.
        closed = pool.destroy();
        for (const { settle } of waiting.splice(0)) settle(workerFailure('the worker pool was closed'));
      }
      return closed;
    },
  };
}
