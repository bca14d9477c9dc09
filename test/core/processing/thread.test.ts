import type { MessagePort } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fakeClock } from '../../support/fake-clock.ts';
import { markInHand, none } from '../../../core/processing/in-hand.ts';
import { packPages, type PageTask, type SessionTask } from '../../../core/processing/protocol.ts';
import { createTaskGuard } from '../../../core/processing/task-guard.ts';
import type { ThreadLoss, WaitingPage } from '../../../core/processing/thread-loss.ts';
import { createThread } from '../../../core/processing/thread.ts';
import { pageOf } from './page.ts';

/** A thread played by hand: what it is sent, and what becomes of it. */
function setUp() {
  const clock = fakeClock();
  const sent: PageTask[] = [];
  const sessions: { port: MessagePort; end: (error?: Error) => void }[] = [];
  const told: (string | { lost: string[]; loss: ThreadLoss | undefined })[] = [];
  const limits = { recordTimeoutMs: 1000, recordMemoryBytes: 1e9 };
  const thread = createThread({
    pool: {
      run(task: SessionTask, { signal } = {}) {
        task.port.on('message', (message: PageTask) => sent.push(message));
        onTestFinished(() => task.port.close());
        return new Promise((resolve, reject) => {
          const end = (error?: Error) => (error === undefined ? resolve(undefined) : reject(error));
          sessions.push({ port: task.port, end });
          (signal as AbortSignal).addEventListener('abort', () => end(new Error('killed')));
        });
      },
    },
    guard: createTaskGuard({ ...limits, clock, threadMemory: () => 0 }),
    heapBytes: 1e9,
    watch: () => undefined,
    describe: (why) => why,
    answered: (batch) => told.push(nameOf(batch)),
    lost: (batches, loss) => told.push({ lost: batches.map(nameOf), loss }),
  });
  function give(name: string): void {
    const page = pageOf([], { processedAt: name });
    const batch = [{ page, deaths: 0, alone: false, apart: false, ask: undefined, settle: () => undefined }];
    thread.give({ batch, task: packPages([page], new ArrayBuffer(10)), over: () => undefined });
  }
  function answer(): void {
    const result = { buffer: new ArrayBuffer(0), replies: [], lines: new ArrayBuffer(0), columns: new ArrayBuffer(0) };
    sessions.at(-1)?.port.postMessage(result, [result.buffer]);
  }
  return { clock, thread, sent, sessions, told, give, answer };
}

const nameOf = (batch: readonly WaitingPage[]) => batch.map(({ page }) => page.processedAt).join();
const messages = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('createThread', () => {
  it('has one session for all batches, and takes the answers in their order', async () => {
    const { thread, sessions, told, sent, give, answer } = setUp();
    give('a');
    give('b');
    await messages();
    expect(sent.map(({ pages }) => pages[0]?.processedAt)).toEqual(['a', 'b']);
    answer();
    await messages();
    give('c');
    expect(thread.underWay.map(nameOf)).toEqual(['b', 'c']);
    expect(told).toEqual(['a']);
    expect(sessions).toHaveLength(1);
  });

  it('blames the batch in hand, not the one behind it', async () => {
    const { sent, sessions, told, give } = setUp();
    give('a');
    give('b');
    await messages();
    const [first] = sent;
    if (first !== undefined) markInHand(first.inHand).page(0);
    sessions[0]?.end(new Error('it ended'));
    await messages();
    const loss = { why: 'crash', place: { page: 0, item: none }, message: 'it ended' };
    expect(told).toEqual([{ lost: ['a', 'b'], loss }]);
  });

  it('takes what was answered before the end, and then blames nothing that was not begun', async () => {
    const { sessions, told, give, answer } = setUp();
    give('a');
    give('b');
    answer();
    sessions[0]?.end(new Error('it ended'));
    await messages();
    expect(told).toEqual(['a', { lost: ['b'], loss: undefined }]);
  });

  it('blames a batch that was not begun where the thread never answered any: it may not start at all', async () => {
    const { sessions, told, give } = setUp();
    give('a');
    sessions[0]?.end(new Error('no such module'));
    await messages();
    const loss = { why: 'crash', place: { page: none, item: none }, message: 'no such module' };
    expect(told).toEqual([{ lost: ['a'], loss }]);
    give('b');
    expect(sessions).toHaveLength(2);
  });

  it('blames nothing where the thread ended the session by itself', async () => {
    const { sessions, told, give } = setUp();
    give('a');
    sessions[0]?.end();
    await messages();
    expect(told).toEqual([{ lost: ['a'], loss: undefined }]);
  });

  it('is killed over the page that it has in hand for too long, with the reason', async () => {
    const { clock, sent, told, give } = setUp();
    give('a');
    give('b');
    await messages();
    const [first] = sent;
    if (first !== undefined) markInHand(first.inHand).page(0);
    if (first !== undefined) markInHand(first.inHand).item(3);
    await clock.advance(1500);
    await messages();
    const loss = { why: 'timeout', place: { page: 0, item: 3 }, message: 'timeout' };
    expect(told).toEqual([{ lost: ['a', 'b'], loss }]);
  });
});
