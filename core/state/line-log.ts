import type { Clock } from '../contracts/clock.ts';
import type { Disk, DiskFile } from './disk.ts';
import type { SluiceError } from '../errors.ts';
import { encodeLine, verifiedLines } from './checked-lines.ts';
import { property } from '../unknown.ts';
import { stateError } from './state-error.ts';

/** A file of JSON values, one a line, each with a checksum. */
export interface LineLog {
  /**
   * Takes a line. Lines are written in order, those that wait together. Never throws: a fault is told once to
   * `onFault`, and what comes after it, or after `close`, is dropped.
   */
  append(value: unknown): void;
  /** Resolves when all that was appended survives the end of the process; rejects with the fault where it does not. */
  flush(): Promise<void>;
  /** Resolves when all that was appended survives a crash of the machine; rejects with the fault where it does not. */
  sync(): Promise<void>;
  /** Writes and syncs what waits, and closes the file. Never rejects: a fault goes to `onFault` alone. */
  close(): Promise<void>;
}

export interface LineLogOptions {
  readonly disk: Disk;
  readonly path: string;
  readonly clock: Clock;
  /** Milliseconds after an append within which the file is synced. */
  readonly fsyncMs: number;
  /** Hears of the first failure: `state_failed`, which names the file. */
  readonly onFault: (error: SluiceError) => void;
}

/**
 * Opens a log behind its last good line, and makes it where there is none; what a crash left of a line is cut off.
 * Throws `state_failed`, or `journal_corrupt` as `readLines` does.
 */
export async function openLineLog(options: LineLogOptions): Promise<LineLog> {
  try {
    return createLineLog(await openFile(options), options);
  } catch (error) {
    throw stateError(error, `opening ${options.path}`);
  }
}

/**
 * The values of a log in order, each with the offset behind its line. What a crash leaves at the end is passed over in
 * silence; damage that has good lines behind it throws `journal_corrupt` with file and line. ENOENT where there is no file.
 */
export async function* readLines(
  disk: Disk,
  path: string,
): AsyncGenerator<{ readonly value: unknown; readonly end: number }, void> {
  for await (const { json, end } of verifiedLines(disk, path)) yield { value: JSON.parse(json.toString()), end };
}

async function openFile({ disk, path }: LineLogOptions): Promise<DiskFile> {
  const good = await goodLength(disk, path);
  const file = await disk.append(path);
  try {
    // A line is to follow: after a power cut it must not be found mixed with the remains, and lines behind it whole.
    if (file.size > good) await file.truncate(good);
    // A process that was killed may have left lines to the system alone. Whoever goes on from them must not lose them.
    await file.sync();
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function goodLength(disk: Disk, path: string): Promise<number> {
  let good = 0;
  try {
    for await (const { end } of verifiedLines(disk, path)) good = end;
  } catch (error) {
    if (property(error, 'code') !== 'ENOENT') throw error;
  }
  return good;
}

function createLineLog(file: DiskFile, { path, clock, fsyncMs, onFault }: LineLogOptions): LineLog {
  let waiting: Uint8Array[] = [];
  /** When the first of the waiting lines came. */
  let waitingSince = 0;
  let unsynced = false;
  let cancelTimer: (() => void) | undefined;
  let fault: SluiceError | undefined;
  let closing: Promise<void> | undefined;
  // All work on the file is one chain, so that no two calls are under way at once. Its steps never reject. Each takes
  // whatever waits by then: of steps that pile up behind a slow one, the first does it all and the others nothing.
  let chain = Promise.resolve();

  function stopTimer(): void {
    cancelTimer?.();
    cancelTimer = undefined;
  }

  function fail(thrown: unknown): void {
    // Told once: after a failed write or sync nobody knows what the file holds, so nothing may follow it.
    if (fault !== undefined) return;
    fault = stateError(thrown, `writing ${path}`);
    waiting = [];
    stopTimer();
    onFault(fault);
  }

  async function guarded(work: () => Promise<void>): Promise<void> {
    if (fault !== undefined) return;
    try {
      await work();
    } catch (error) {
      fail(error);
    }
  }

  async function write(): Promise<void> {
    if (waiting.length === 0) return;
    const lines = waiting;
    waiting = [];
    unsynced = true;
    await file.append(lines.length === 1 && lines[0] !== undefined ? lines[0] : Buffer.concat(lines));
  }

  async function writeAndSync(): Promise<void> {
    await write();
    if (!unsynced) return;
    unsynced = false;
    // From here on the timer is for lines that came during the write.
    stopTimer();
    if (waiting.length > 0) startTimer(waitingSince + fsyncMs - clock.now());
    await file.sync();
  }

  function enqueue(work: () => Promise<void>): Promise<void> {
    chain = chain.then(() => guarded(work));
    return chain;
  }

  function startTimer(ms: number): void {
    cancelTimer = clock.timer(ms, () => {
      cancelTimer = undefined;
      void enqueue(writeAndSync);
    });
  }

  async function finish(): Promise<void> {
    await enqueue(writeAndSync);
    stopTimer();
    try {
      await file.close();
    } catch (error) {
      fail(error);
    }
  }

  async function orFault(work: Promise<void>): Promise<void> {
    await work;
    if (fault !== undefined) throw fault;
  }

  return {
    append(value) {
      if (fault !== undefined || closing !== undefined) return;
      try {
        // Encoded at once: the value is the caller's, who may change it afterwards.
        waiting.push(encodeLine(value));
      } catch (error) {
        fail(error);
        return;
      }
      if (waiting.length > 1) return;
      waitingSince = clock.now();
      void enqueue(write);
      if (cancelTimer === undefined) startTimer(fsyncMs);
    },
    flush: () => orFault(enqueue(write)),
    sync: () => orFault(enqueue(writeAndSync)),
    close() {
      closing ??= finish();
      return closing;
    },
  };
}
