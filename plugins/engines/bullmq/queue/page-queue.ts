import type { Queue, Worker } from 'bullmq';
import { loadLibrary } from '../../../../core/plugin.ts';
import type { RedisConnection } from '../redis/connect.ts';
import type { RunKeys } from '../redis/keys.ts';
import type { Patience } from '../redis/patience.ts';

/** Of BullMQ, within the keys of a run. */
const queueName = 'pages';

/** Events that BullMQ keeps of a queue: nobody reads them, and they take room. */
const keptEvents = 100;

/** The pages of a run that are open: handed out by BullMQ, each once, and again where a worker dies. */
export interface PageQueue {
  /** Puts pages into the queue; those that are there already stay as they are. */
  add(source: string, ordinals: readonly number[]): Promise<void>;
  /** Pages that wait for a worker, and those that workers have. */
  counts(): Promise<{ readonly waiting: number; readonly active: number }>;
  /** Removes all of it. */
  forget(this: void): Promise<void>;
  /** Lets go of it; its connection stays open. */
  close(): Promise<void>;
}

/** What the key of a source's jobs begins with; the ordinal follows. */
export function jobKey(keys: RunKeys, source: string): string {
  return keys.key(queueName, `${source}.`);
}

/** Opens the queue of a run. Throws `library_missing` where BullMQ is not installed. */
export async function openPageQueue({ client }: RedisConnection, { prefix }: RunKeys): Promise<PageQueue> {
  const bullmq = await loadBullmq();
  const queue: Queue<number> = new bullmq.Queue(queueName, {
    prefix,
    connection: client,
    streams: { events: { maxLen: keptEvents } },
    // A page that is done is in the ledger: nothing of its job needs to be kept.
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
  // It tells of each lost connection; who waits for an answer waits for the next one.
  queue.on('error', () => undefined);
  return {
    async add(source, ordinals) {
      if (ordinals.length === 0) return;
      await queue.addBulk(
        ordinals.map((ordinal) => ({ name: source, data: ordinal, opts: { jobId: `${source}.${ordinal}` } })),
      );
    },
    async counts() {
      const { wait = 0, delayed = 0, active = 0, prioritized = 0 } = await queue.getJobCounts();
      return { waiting: wait + delayed + prioritized, active };
    },
    forget: () => queue.obliterate({ force: true }),
    close: () => queue.close(),
  };
}

/** Where pages are put in by one that waits for a server that takes them. */
export function patientQueue(queue: PageQueue, patience: Patience): Pick<PageQueue, 'add'> {
  return { add: (source, ordinals) => patience(() => queue.add(source, ordinals)) };
}

/** What becomes of a page that came out of the queue: `over` for good, or `release`d for somebody else. */
export type PageEnd = 'over' | 'release';

export interface TakePagesOptions {
  readonly connection: RedisConnection;
  readonly keys: RunKeys;
  /** Pages in hand at once. */
  readonly concurrency: number;
  /** Milliseconds after which a page is taken from a worker that has said nothing more. */
  readonly takeoverMs: number;
  /** Works on a page; never rejects. */
  readonly work: (source: string, ordinal: number) => Promise<PageEnd>;
}

/** Takes pages out of the queue. */
export interface PageTaker {
  pause(): Promise<void>;
  resume(): void;
  /** Takes no more, and waits for what is in hand. */
  close(): Promise<void>;
}

export async function takePages(options: TakePagesOptions): Promise<PageTaker> {
  const { connection, keys, concurrency, takeoverMs, work } = options;
  const bullmq = await loadBullmq();
  const worker: Worker<number> = new bullmq.Worker<number>(
    queueName,
    async (job, token) => {
      if ((await work(job.name, job.data)) === 'over') return;
      await job.moveToWait(token);
      throw new bullmq.WaitingError();
    },
    {
      prefix: keys.prefix,
      connection: connection.client,
      concurrency,
      lockDuration: takeoverMs,
      stalledInterval: Math.max(500, takeoverMs / 2),
      // How often a page may be taken over is the ledger's to say: it counts those that were let go of apart.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    },
  );
  // A lock that was lost, or Redis away: whose page it is, is the ledger's to say, and BullMQ connects again.
  worker.on('error', () => undefined);
  await worker.waitUntilReady();
  return {
    pause: () => worker.pause(true),
    resume() {
      void worker.resume();
    },
    close: () => worker.close(),
  };
}

function loadBullmq() {
  return loadLibrary('the engine "bullmq"', ['bullmq', 'ioredis'], () => import('bullmq'));
}
