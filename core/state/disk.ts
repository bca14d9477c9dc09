import { constants } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { makeFolder } from '../make-folder.ts';
import { syncFolder } from '../sync-folder.ts';
import { property } from '../unknown.ts';

/** A file that grows at its end. Its calls are made one after the other. */
export interface DiskFile {
  /** Length in bytes. */
  readonly size: number;
  /** Returns when the system has the bytes: they survive the end of the process, not a crash of the machine. */
  append(bytes: Uint8Array): Promise<void>;
  /** Returns when all that was appended would survive a crash of the machine. */
  sync(): Promise<void>;
  /** Cuts the file to `length` bytes, as lasting as an append. */
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/** The few things that the state needs of a file system, so that a test can crash it. Throws the system's errors. */
export interface Disk {
  /** Opens for appending; makes the file, for its owner alone, where there is none. Refuses a symbolic link. */
  append(path: string): Promise<DiskFile>;
  /** The file's bytes, in pieces. Throws ENOENT where there is none. */
  read(path: string): AsyncIterable<Uint8Array>;
  /** Returns when the new name would survive a crash of the machine. What is in the file is synced by `DiskFile.sync`. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file, or a folder and all that is in it; no error where there is none. */
  remove(path: string): Promise<void>;
  /** Names in a folder, in no order; none where there is no folder. */
  list(folder: string): Promise<readonly string[]>;
  /** Makes a folder for its owner alone, and the folders above it, where there are none. */
  makeFolder(path: string): Promise<void>;
}

/** Bytes asked of the system at once. */
const pieceBytes = 256 * 1024;

/** The file system of the machine. */
export const nodeDisk: Disk = {
  append: openForAppending,
  async *read(path) {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      for (;;) {
        const piece = new Uint8Array(pieceBytes);
        const { bytesRead } = await handle.read(piece, 0, pieceBytes);
        if (bytesRead === 0) return;
        yield piece.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  },
  async rename(from, to) {
    await rename(from, to);
    const folders = new Set([dirname(resolve(to)), dirname(resolve(from))]);
    for (const folder of folders) await syncFolder(folder);
  },
  async remove(path) {
    await rm(path, { recursive: true, force: true });
    await syncFolder(dirname(resolve(path)));
  },
  async list(folder) {
    try {
      return await readdir(folder);
    } catch (error) {
      if (property(error, 'code') === 'ENOENT') return [];
      throw error;
    }
  },
  async makeFolder(path) {
    const made = await makeFolder(path, 0o700);
    // Each new folder is an entry of the one above it.
    for (const folder of made) await syncFolder(dirname(folder));
  },
};

async function openForAppending(path: string): Promise<DiskFile> {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  const handle = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  let size: number;
  try {
    ({ size } = await handle.stat());
    // It may be new: syncing a file alone does not keep its name.
    if (size === 0) await syncFolder(dirname(resolve(path)));
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    get size() {
      return size;
    },
    async append(bytes) {
      // One call of the system may take only a part.
      for (let done = 0; done < bytes.byteLength;) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done);
        if (bytesWritten === 0) throw new Error('the file system takes no more bytes');
        done += bytesWritten;
        size += bytesWritten;
      }
    },
    sync: () => handle.datasync(),
    async truncate(length) {
      await handle.truncate(length);
      size = length;
    },
    close: () => handle.close(),
  };
}
