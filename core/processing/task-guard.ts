/** Sees to it that no thread is kept for ever, or eats up the memory of the process. */
import type { Clock } from '../contracts/clock.ts';
import { type InHand, loading, none, type Place, waiting } from './in-hand.ts';

/** Milliseconds between two looks at what the threads have in hand. */
const lookMs = 50;

/** Milliseconds in hand after which a record is suspected of eating memory: good ones take well below one. */
const suspiciousMs = 100;

/** Milliseconds for loading a plugin: one in TypeScript is compiled in each thread. */
const loadingMs = 30_000;

/** Milliseconds without a sign of life from a thread whose items wait: whose code hangs is not known then. */
const waitingMs = 1_000;

/** Bytes of a body that take less than a millisecond to parse, on slow machines too. */
const parsedPerMs = 16 * 1024;

/** Bytes of memory that a byte of JSON can become when it is parsed: `[],[],[]` is the worst case. */
const parsedSize = 16;

/** Why a thread has to go. `memory-unsure`: the memory may also be that of another thread. */
export type Overdue = 'timeout' | 'memory' | 'memory-unsure';

/** A task that is under way. */
export interface GuardedTask {
  readonly inHand: InHand;
  /** Bytes of each of its pages. */
  readonly pageBytes: readonly number[];
  /** It is tried apart from others that were suspected with it. Default false. */
  readonly apart?: boolean;
  /** Ends the thread; `place` is what it has in hand. */
  readonly kill: (why: Overdue, place: Place) => void;
}

export interface TaskGuardOptions {
  readonly clock: Clock;
  /** Milliseconds that a record may be in hand. */
  readonly recordTimeoutMs: number;
  /** Bytes by which the memory of the threads may grow while one record is in hand. */
  readonly recordMemoryBytes: number;
  /** Bytes in use by the process beside what the main thread has; asked for only while a record is suspected. */
  readonly threadMemory: () => number;
}

export interface TaskGuard {
  /** Returns what ends the watch. */
  watch(task: GuardedTask): () => void;
}

interface Watched extends GuardedTask {
  place: Place;
  /** Milliseconds for which it has been seen there. */
  heldMs: number;
  /** Memory when it became suspicious. */
  memoryBefore: number | undefined;
}

/** One timer for all tasks, which runs only while there are any. */
export function createTaskGuard(options: TaskGuardOptions): TaskGuard {
  const { clock, recordTimeoutMs, recordMemoryBytes, threadMemory } = options;
  const intervalMs = Math.min(lookMs, recordTimeoutMs);
  const tasks = new Set<Watched>();
  let cancelTimer: (() => void) | undefined;
  let lastLook = 0;

  function limitOf({ place, pageBytes }: Watched): number {
    // The thread is still starting, or is handing its results over: nothing of a plugin is running.
    if (place.page === none) return Infinity;
    if (place.item === waiting) return Math.max(recordTimeoutMs, waitingMs);
    if (place.item === loading) return Math.max(recordTimeoutMs, loadingMs);
    if (place.item !== none) return recordTimeoutMs;
    return recordTimeoutMs + (pageBytes[place.page] ?? 0) / parsedPerMs;
  }

  function look(): void {
    const now = clock.now();
    // A process that was stopped for a while, or too busy to look, must not put that down to the records.
    const passed = Math.min(now - lastLook, 2 * intervalMs);
    lastLook = now;
    cancelTimer = clock.timer(intervalMs, look);
    for (const task of tasks) {
      const place = task.inHand.read();
      const { page, item, beat } = task.place;
      // Waiting is no work: as long as the thread's event loop goes on, enrichers end by their own time limits.
      const moved = place.page !== page || place.item !== item || place.beat !== beat;
      if (moved) Object.assign(task, { place, heldMs: 0, memoryBefore: undefined });
      else task.heldMs += passed;
      if (task.heldMs >= limitOf(task)) end(task, 'timeout');
    }
    checkMemory();
  }

  /**
   * V8's own limit is no help: an allocation that is large enough aborts the whole process at it. All threads share
   * one figure: a suspect is to blame where no other thread has anything in hand, for a record may eat it up before it has
   * been in hand for long. Else all suspects go, without a verdict, and a page that is tried apart after that is to blame.
   */
  function checkMemory(): void {
    const suspects = [...tasks].filter(({ place, heldMs }) => place.page !== none && heldMs >= suspiciousMs);
    if (suspects.length === 0) return;
    const used = threadMemory();
    const isOver = (task: Watched): boolean => {
      task.memoryBefore ??= used;
      const allowed = recordMemoryBytes + (task.pageBytes[task.place.page] ?? 0) * parsedSize;
      return used - task.memoryBefore > allowed;
    };
    if (suspects.filter(isOver).length === 0) return;
    const [alone] = suspects;
    const busy = [...tasks].filter(({ place }) => place.page !== none).length;
    const sure = suspects.length === 1 && (busy === 1 || alone?.apart === true);
    for (const task of suspects) end(task, sure ? 'memory' : 'memory-unsure');
  }

  function end(task: Watched, why: Overdue): void {
    tasks.delete(task);
    task.kill(why, task.place);
  }

  return {
    watch(task) {
      const watched: Watched = { ...task, place: task.inHand.read(), heldMs: 0, memoryBefore: undefined };
      if (cancelTimer === undefined) {
        lastLook = clock.now();
        cancelTimer = clock.timer(intervalMs, look);
      }
      tasks.add(watched);
      return () => {
        tasks.delete(watched);
        if (tasks.size > 0) return;
        cancelTimer?.();
        cancelTimer = undefined;
      };
    },
  };
}

/** What the process uses beside the heap and the buffers of the thread that asks. */
export function memoryOfThreads(): number {
  const { rss, heapTotal, external } = process.memoryUsage();
  return rss - heapTotal - external;
}
