/** One thread's work, as the main thread sees it: what it was given, what it answered, and what becomes of it when it dies. */
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Tinypool } from 'tinypool';
import { createInHand, type InHand, none, type Place } from './in-hand.ts';
import { messageOf } from './message-of.ts';
import type { PageTask, SessionTask, TaskResult } from './protocol.ts';
import type { Overdue, TaskGuard } from './task-guard.ts';
import type { ThreadLoss, WaitingPage } from './thread-loss.ts';

/** A batch on its way to the thread, as `give` wants it. */
export interface Load {
  readonly batch: readonly WaitingPage[];
  /** What is sent, but for the note of what is in hand. */
  readonly task: Omit<PageTask, 'inHand'>;
  /** Called once the batch is answered or lost. */
  readonly over: () => void;
}

export interface ThreadOptions {
  readonly pool: Pick<Tinypool, 'run'>;
  readonly guard: TaskGuard;
  /** Bytes that the heap may keep after a batch. */
  readonly heapBytes: number;
  /** Called whenever the pool may have made new threads. */
  readonly watch: () => void;
  /** In words, for people. */
  readonly describe: (why: Overdue, place: Place) => string;
  readonly answered: (batch: readonly WaitingPage[], result: TaskResult) => void;
  /** The batches that are left, in their order; undefined as `loss` where the first of them is not to blame. */
  readonly lost: (batches: readonly (readonly WaitingPage[])[], loss: ThreadLoss | undefined) => void;
}

export interface Thread {
  /** Batches that it has and has not answered, the one in hand first. */
  readonly underWay: readonly (readonly WaitingPage[])[];
  give(load: Load): void;
}

interface Given extends Load {
  readonly inHand: InHand;
  readonly unwatch: () => void;
  loss?: ThreadLoss;
}

interface Session {
  readonly port: MessagePort;
  readonly killed: AbortController;
  /** It has answered a batch. */
  proven: boolean;
}

/**
 * A thread works through batches in a session: for the pool that is one task, which lasts until the thread is gone. Batches
 * go over a port of the session's, for a task of the pool costs half a millisecond on either side. A session begins
 * with the first batch after the last one's end, so that a thread that can't start costs the batch that wanted it.
 */
export function createThread(options: ThreadOptions): Thread {
  const { pool, guard, watch } = options;
  const given: Given[] = [];
  let session: Session | undefined;

  function begin(): Session {
    const { port1: port, port2 } = new MessageChannel();
    const begun: Session = { port, killed: new AbortController(), proven: false };
    port.on('message', (result: TaskResult) => answer(begun, result));
    const task: SessionTask = { port: port2, heapBytes: options.heapBytes };
    // With a task's signal the pool kills the thread, which is what nothing else gets out of an endless loop.
    const over = pool.run(task, { transferList: [port2], signal: begun.killed.signal });
    over.then(
      () => end(begun, undefined),
      (error: unknown) => end(begun, messageOf(error)),
    );
    watch();
    return begun;
  }

  function answer(of: Session, result: TaskResult): void {
    of.proven = true;
    // A thread answers in the order in which it was asked.
    const first = given.shift();
    if (first === undefined) return;
    leave(first);
    options.answered(first.batch, result);
  }

  /** `message` is undefined where the thread ended the session by itself, between two batches. */
  function end(of: Session, message: string | undefined): void {
    // What it answered in its last moments is not lost.
    for (let left = receiveMessageOnPort(of.port); left !== undefined; left = receiveMessageOnPort(of.port)) {
      answer(of, left.message as TaskResult);
    }
    of.port.close();
    session = undefined;
    const left = given.splice(0);
    for (const each of left) leave(each);
    watch();
    options.lost(
      left.map(({ batch }) => batch),
      message === undefined ? undefined : lossOf(left[0], of, message),
    );
  }

  function lossOf(first: Given | undefined, { killed, proven }: Session, message: string): ThreadLoss | undefined {
    if (first === undefined || first.loss !== undefined) return first?.loss;
    const place = first.inHand.read();
    // It had not begun with this one: what it died of was left behind by one before.
    if (place.page === none && (proven || killed.signal.aborted)) return undefined;
    return { why: 'crash', place, message };
  }

  function leave({ unwatch, over }: Given): void {
    unwatch();
    over();
  }

  return {
    get underWay() {
      return given.map(({ batch }) => batch);
    },
    give(load) {
      session ??= begin();
      const { killed, port } = session;
      // A new one for each batch: a thread that was killed may go on writing into its own for a moment.
      const inHand = createInHand();
      const unwatch = guard.watch({
        inHand,
        pageBytes: load.batch.map(({ page }) => page.bytes.length),
        apart: load.batch.some(({ apart }) => apart),
        kill(why, place) {
          entry.loss = { why, place, message: options.describe(why, place) };
          killed.abort();
        },
      });
      const entry: Given = { ...load, inHand, unwatch };
      given.push(entry);
      const task: PageTask = { ...load.task, inHand: inHand.memory };
      port.postMessage(task, [task.buffer, ...(task.port === undefined ? [] : [task.port])]);
    },
  };
}
