import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder, SluiceError, syncFolder } from '../../../core/plugin.ts';
import { fileError } from './file-error.ts';
import { type FilePosition, positionAt } from './file-position.ts';
import { type RunFile, type RunFilePaths, runFilePaths } from './run-file.ts';
import { orClose } from './or-close.ts';
import { createSyncBehind } from './sync-behind.ts';
import { takeUp } from './take-up.ts';
import { lookAtTarget } from './target.ts';

/** Which file, and how it is to be opened. */
export interface AppendFileOptions extends RunFile {
  /** Whether what was committed stays when the file is given up. */
  readonly resumable: boolean;
  /** Offset in bytes from which on nothing is ever written over. */
  readonly fixedFrom: number;
  /** Where to take the file up again; undefined starts a new one. */
  readonly position: FilePosition | undefined;
}

/**
 * A file that grows beside its target and takes the target's place in one step: a reader sees the old file or
 * the new one, never half of one. Every method throws `sink_failed` that names the file.
 */
export interface AppendFile {
  /** Length so far, in bytes. */
  readonly size: number;
  /**
   * Takes the bytes, which are the caller's again afterwards; they may reach the system only with `commit`. Undefined
   * where they are taken already.
   */
  append(bytes: Uint8Array): Promise<void> | undefined;
  /** Writes over bytes that are there already, before `fixedFrom`. */
  overwrite(bytes: Uint8Array, at: number): Promise<void>;
  /** Returns when all that was appended would survive a crash of the machine, with where that is. */
  commit(): Promise<FilePosition>;
  /** Puts the file in its target's place, durably. */
  publish(): Promise<void>;
  /**
   * Gives the file up; the target stays as it was. What was committed stays beside it, where the run may be taken
   * up again. May come while another method is under way.
   */
  abort(): Promise<void>;
}

/**
 * Bytes gathered before the system is asked: pages are small, and each of its calls costs a trip to a thread. Twice as many
 * do not stay in the processor's cache until the system copies them, which then takes twice as long.
 */
const bufferBytes = 512 * 1024;

/** Targets being written in this process: of two sinks on one path the last would win without a word. */
const claimed = new Set<string>();

/**
 * Opens `.<name>.<runId>.tmp` beside `path`, and makes the folder where there is none. Throws `sink_failed`
 * where the target is a link, a folder or a device, where it is already being written, or where what is to be taken
 * up again is not there as it was committed.
 */
export async function openAppendFile(options: AppendFileOptions): Promise<AppendFile> {
  const { path, resumable, fixedFrom, position } = options;
  const guard = async <T>(work: () => Promise<T>, doing = `writing ${path}`): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw fileError(error, doing);
    }
  };

  const { paths, mode } = await guard(() => prepare(options), `opening ${path}`);
  const { folder, target, temporary } = paths;
  if (claimed.has(target)) throw new SluiceError('sink_failed', `another sink of this process is writing ${path}`);
  claimed.add(target);
  let handle: FileHandle;
  try {
    handle = await guard(
      () => (position === undefined ? begin(paths, mode) : takeUp({ paths, mode, position, fixedFrom })),
      `opening ${temporary}`,
    );
  } catch (error) {
    claimed.delete(target);
    throw error;
  }
  let buffer = new Uint8Array(bufferBytes);
  let buffered = 0;
  /** The other buffer, made when this one has been full once. */
  let spare: Uint8Array<ArrayBuffer> | undefined;
  /** The write of a full buffer, while the next one is being filled; it has settled where this is undefined. */
  let behind: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;
  let written = position?.bytes ?? 0;
  const durable = createSyncBehind(handle, written);
  /** A later life of the run counts on it. */
  let needed = position !== undefined;
  let aborted = false;

  /** Returns when the system has all that was appended. */
  async function flush(): Promise<void> {
    await behind;
    if (failure !== undefined) throw failure.error;
    await writeAll(handle, buffer.subarray(0, buffered), written);
    written += buffered;
    buffered = 0;
    durable.wrote(written);
  }

  /** Has the full buffer written and goes on with the other one: one write at a time, so that they come in order. */
  function writeBehind(): void {
    behind = writeFull(buffer.subarray(0, buffered), written);
    written += buffered;
    buffered = 0;
    [buffer, spare] = [spare ?? new Uint8Array(bufferBytes), buffer];
  }

  async function writeFull(full: Uint8Array, at: number): Promise<void> {
    try {
      await writeAll(handle, full, at);
      durable.wrote(at + full.byteLength);
    } catch (error) {
      failure = { error };
    } finally {
      behind = undefined;
    }
  }

  function keep(bytes: Uint8Array): void {
    buffer.set(bytes, buffered);
    buffered += bytes.byteLength;
  }

  /** Makes room first. */
  async function appendBehind(bytes: Uint8Array): Promise<void> {
    await behind;
    if (failure !== undefined) throw failure.error;
    if (bytes.byteLength <= bufferBytes) {
      writeBehind();
      return keep(bytes);
    }
    await flush();
    await writeAll(handle, bytes, written);
    written += bytes.byteLength;
    durable.wrote(written);
  }

  return {
    get size() {
      return written + buffered;
    },
    append(bytes) {
      if (buffered + bytes.byteLength > bufferBytes) {
        // Nobody waits where the buffer before this one is written already.
        if (behind !== undefined || failure !== undefined || bytes.byteLength > bufferBytes) {
          return guard(() => appendBehind(bytes));
        }
        writeBehind();
      }
      keep(bytes);
      return undefined;
    },
    overwrite: (bytes, at) =>
      guard(async () => {
        await flush();
        await writeAll(handle, bytes, at);
      }),
    commit: () =>
      guard(async () => {
        await flush();
        // Side by side, for the writers wait for all of them.
        const [committed] = await Promise.all([
          positionAt(handle, written, fixedFrom),
          durable.sync(),
          // A file that was removed takes bytes all the same, and keeps none of them.
          lstat(temporary),
        ]);
        needed ||= resumable;
        return committed;
      }),
    publish: () =>
      guard(async () => {
        await flush();
        await durable.settle();
        await handle.sync();
        await handle.close();
        // The run may have stopped waiting and given the file up meanwhile: then nothing may appear any more.
        if (aborted) throw new SluiceError('sink_failed', `${path} was given up before it was complete`);
        await rename(temporary, target);
        claimed.delete(target);
        await syncFolder(folder);
      }),
    async abort() {
      aborted = true;
      claimed.delete(target);
      await guard(async () => {
        // Removed first: closing waits for a write that may hang.
        if (!needed) await rm(temporary, { force: true });
        await handle.close();
      }, `giving up ${temporary}`);
    },
  };
}

/** Writes all of `bytes` at a position: one call of the system may take only a part. */
export async function writeAll(handle: Pick<FileHandle, 'write'>, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done, at + done);
    if (bytesWritten === 0) throw new Error('the file system takes no more bytes');
    done += bytesWritten;
  }
}

/** Makes the folder and looks at the target: who could not read the old file must not be able to read the new one. */
async function prepare(file: RunFile): Promise<{ readonly paths: RunFilePaths; readonly mode: number }> {
  const { path } = file;
  await makeFolder(dirname(path));
  const paths = await runFilePaths(file);
  const found = await lookAtTarget(path);
  return { paths, mode: (found?.mode ?? 0o644) & 0o666 };
}

async function begin({ folder, temporary }: RunFilePaths, mode: number): Promise<FileHandle> {
  const { O_RDWR, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  // A link that somebody put there would send the records elsewhere.
  const handle = await open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW, mode);
  // The bytes of a commit are of no use without the name that leads to them.
  await orClose(handle, () => syncFolder(folder));
  return handle;
}
