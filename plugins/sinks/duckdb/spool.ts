import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SluiceError, syncFolder } from '../../../core/plugin.ts';
import { writeAll } from '../files/append-file.ts';
import { fileError } from '../files/file-error.ts';
import { mismatch, positionAt } from '../files/file-position.ts';
import { orClose } from '../files/or-close.ts';
import type { PendingLines } from '../tables/pending.ts';
import type { DuckPosition } from './position.ts';
import { spoolFile, type SpoolOwner } from './spool-files.ts';
import { type SpoolHead, spoolHeadLine } from './spool-head.ts';

export interface SpoolOptions {
  readonly owner: SpoolOwner;
  readonly head: Pick<SpoolHead, 'table' | 'columns'>;
  /** Where it goes on. */
  readonly position: DuckPosition;
  /** Bytes from which on a file is full, unless a few more fill its last row group. */
  readonly fullBytes: number;
  /** Called with the number of each file that is full and on the disk. */
  readonly full: (load: number) => void;
}

/** Lines that are committed and not yet in the table, in files of their own. Every method throws `sink_failed`. */
export interface Spool {
  readonly position: DuckPosition;
  /** Returns when all lines would survive a crash of the machine. */
  append(batches: readonly PendingLines[]): Promise<void>;
  /** Takes the last file for full, where anything is in it. */
  finish(): Promise<void>;
  /** Lets go of the file. */
  close(): Promise<void>;
}

/** A file that grows. */
interface Growing {
  readonly path: string;
  readonly handle: FileHandle;
  bytes: number;
  rows: number;
}

/** How many times as many bytes a file may come to have for the sake of its last row group. */
const mostOver = 1.4;

/** Rows of a row group, DuckDB's unit on the disk: one that a load leaves partly filled is written again by a checkpoint. */
const groupRows = 122_880;

const { O_RDWR, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;

/** Opens the spool of a run, cut where it goes on. Makes no file before there are lines for it. Throws `sink_failed`. */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { owner, head, position, full, fullBytes } = options;
  const { runId, sink } = owner;
  let reached = position;
  let load = position.commits + 1;
  let growing = position.spool === null ? undefined : await takeUp(spoolFile(owner, load), position.spool);

  async function begin(): Promise<Growing> {
    const path = spoolFile(owner, load);
    // A link that somebody put there would send the records elsewhere.
    const handle = await open(path, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
    const line = spoolHeadLine({ runId, sink, load, ...head });
    await orClose(handle, async () => {
      await writeAll(handle, line, 0);
      // The bytes of a commit are of no use without the name that leads to them.
      await syncFolder(dirname(path));
    });
    return { path, handle, bytes: line.byteLength, rows: 0 };
  }

  async function end({ handle }: Growing): Promise<void> {
    growing = undefined;
    await orClose(handle, () => handle.datasync());
    await handle.close();
    full(load);
    load += 1;
  }

  async function append(batches: readonly PendingLines[]): Promise<void> {
    for (let from = 0; from < batches.length;) {
      const file = (growing ??= await begin());
      const fitting = countFitting(file, batches.slice(from), fullBytes);
      await writeLines(
        file,
        batches.slice(from, from + fitting).map(({ lines }) => lines),
      );
      from += fitting;
      if (from < batches.length) await end(file);
    }
    if (growing === undefined) return;
    const { handle, path, bytes, rows } = growing;
    await handle.datasync();
    // A file that was removed takes bytes all the same, and keeps none of them.
    await lstat(path);
    reached = { commits: load - 1, spool: { rows, ...(await positionAt(handle, bytes, 0)) } };
  }

  async function guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw fileError(error, `writing ${spoolFile(owner, load)}`);
    }
  }

  return {
    get position() {
      return reached;
    },
    append: (batches) => guard(() => append(batches)),
    finish: () =>
      guard(async () => {
        if (growing !== undefined) await end(growing);
      }),
    async close() {
      await growing?.handle.close();
      growing = undefined;
    },
  };
}

/** How many of the batches the file takes before it is full; their rows count from now on. */
function countFitting(file: Growing, batches: readonly PendingLines[], fullBytes: number): number {
  let { bytes } = file;
  for (const [index, { lines, count }] of batches.entries()) {
    const left = (groupRows - (file.rows % groupRows)) % groupRows;
    const endsAt = bytes + (left * bytes) / file.rows;
    if (bytes >= fullBytes && (count > left || endsAt > mostOver * fullBytes)) return index;
    bytes += lines.byteLength;
    file.rows += count;
  }
  return batches.length;
}

async function writeLines(file: Growing, lines: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
  const length = lines.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (length === 0) return;
  const { bytesWritten } = await file.handle.writev(lines, file.bytes);
  // One call of the system may take only a part.
  if (bytesWritten < length) {
    await writeAll(file.handle, Buffer.concat(lines).subarray(bytesWritten), file.bytes + bytesWritten);
  }
  file.bytes += length;
}

/** Opens a file that is there, cut at a place that was committed. */
async function takeUp(path: string, { rows, ...place }: NonNullable<DuckPosition['spool']>): Promise<Growing> {
  const handle = await open(path, O_RDWR | O_NOFOLLOW).catch((error: unknown) => {
    throw fileError(error, `opening ${path}`);
  });
  await orClose(handle, async () => {
    const reason = await mismatch(handle, place, 0);
    if (reason !== undefined) {
      throw new SluiceError('sink_failed', `${path} is not as the run left it: ${reason}; start a new run`);
    }
    await handle.truncate(place.bytes);
  });
  return { path, handle, bytes: place.bytes, rows };
}
