import type { FileHandle } from 'node:fs/promises';
import { constants } from 'node:fs';
import { lstat, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { sinkError, SluiceError } from '../../../core/plugin.ts';

/** Which file, and of which run. */
export interface AppendFileOptions {
  /** Absolute path under which readers find the file once it is whole. */
  readonly path: string;
  readonly runId: string;
  /** Length in bytes to take the file up at, on a resume; undefined starts a new one. */
  readonly resumeAt: number | undefined;
}

/**
 * A file that grows beside its target and takes the target's place in one step: a reader sees the old file or
 * the new one, never half of one. Every method throws `sink_failed` that names the file.
 */
export interface AppendFile {
  /** Length so far, in bytes. */
  readonly size: number;
  /** Takes the bytes, which are the caller's again afterwards; they may reach the system only with `sync`. */
  append(bytes: Uint8Array): Promise<void>;
  /** Writes over bytes that are there already. */
  overwrite(bytes: Uint8Array, at: number): Promise<void>;
  /** Returns when all that was appended would survive a crash of the machine. */
  sync(): Promise<void>;
  /** Puts the file in its target's place, durably. */
  publish(): Promise<void>;
  /** Removes the file; the target stays as it was. May come while another method is under way. */
  discard(): Promise<void>;
}

/** Bytes gathered before the system is asked: pages are small, and each of its calls costs a trip to a thread. */
const bufferBytes = 256 * 1024;

/** Targets being written in this process: of two sinks on one path the last would win without a word. */
const claimed = new Set<string>();

/**
 * Opens `.<name>.<runId>.tmp` beside `path`, and makes the folder where there is none. Throws `sink_failed`
 * where the target is a link, a folder or a device, or is already being written.
 */
export async function openAppendFile({ path, runId, resumeAt }: AppendFileOptions): Promise<AppendFile> {
  const guard = async <T>(work: () => Promise<T>, doing = `writing ${path}`): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw sinkError(error, doing);
    }
  };

  const { folder, mode } = await guard(() => prepare(path), `opening ${path}`);
  const target = join(folder, basename(path));
  const temporary = join(folder, `.${basename(path)}.${runId}.tmp`);
  if (claimed.has(target)) throw new SluiceError('sink_failed', `another sink of this process is writing ${path}`);
  claimed.add(target);
  let handle: FileHandle;
  try {
    handle = await guard(() => openTemporary(temporary, mode, resumeAt), `opening ${temporary}`);
  } catch (error) {
    claimed.delete(target);
    throw error;
  }
  const buffer = new Uint8Array(bufferBytes);
  let buffered = 0;
  let written = resumeAt ?? 0;
  let discarded = false;

  async function flush(): Promise<void> {
    await writeAll(handle, buffer.subarray(0, buffered), written);
    written += buffered;
    buffered = 0;
  }

  return {
    get size() {
      return written + buffered;
    },
    append: (bytes) =>
      guard(async () => {
        if (buffered + bytes.byteLength > bufferBytes) await flush();
        if (bytes.byteLength > bufferBytes) {
          await writeAll(handle, bytes, written);
          written += bytes.byteLength;
        } else {
          buffer.set(bytes, buffered);
          buffered += bytes.byteLength;
        }
      }),
    overwrite: (bytes, at) =>
      guard(async () => {
        await flush();
        await writeAll(handle, bytes, at);
      }),
    sync: () =>
      guard(async () => {
        await flush();
        await handle.datasync();
      }),
    publish: () =>
      guard(async () => {
        await flush();
        await handle.sync();
        await handle.close();
        // The run may have stopped waiting and discarded the file meanwhile: then nothing may appear any more.
        if (discarded) throw new SluiceError('sink_failed', `${path} was given up before it was complete`);
        await rename(temporary, target);
        claimed.delete(target);
        await syncFolder(folder);
      }),
    async discard() {
      discarded = true;
      claimed.delete(target);
      await guard(async () => {
        // Removed first: closing waits for a write that may hang.
        await rm(temporary, { force: true });
        await handle.close();
      }, `removing ${temporary}`);
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
async function prepare(path: string): Promise<{ readonly folder: string; readonly mode: number }> {
  await mkdir(dirname(path), { recursive: true });
  const found = await lstat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found?.isSymbolicLink() === true) {
    throw new SluiceError('sink_failed', `${path} is a symbolic link: give the path that it points to`);
  }
  if (found !== undefined && !found.isFile()) {
    throw new SluiceError('sink_failed', `${path} is ${found.isDirectory() ? 'a folder' : 'not a regular file'}`);
  }
  return { folder: await realpath(dirname(path)), mode: (found?.mode ?? 0o644) & 0o666 };
}

async function openTemporary(path: string, mode: number, resumeAt: number | undefined): Promise<FileHandle> {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  // A link that somebody put there would send the records elsewhere.
  if (resumeAt === undefined) return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode);
  const handle = await open(path, O_WRONLY | O_NOFOLLOW);
  try {
    const { size } = await handle.stat();
    if (size < resumeAt) {
      throw new SluiceError('sink_failed', `${path} holds ${size} bytes where ${resumeAt} were committed`);
    }
    await handle.truncate(resumeAt);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Makes the rename itself durable. Some systems can't open a folder; there is nothing to be done on those. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } finally {
    await handle?.close();
  }
}
