import type { FileHandle } from 'node:fs/promises';

/** Bytes from which on a file is synced while it grows; less is not worth a commit of the file system's own journal. */
const syncBytes = 2 * 1024 * 1024;

/**
 * Has a file made durable piece by piece while more is being written to it: the disk is busy meanwhile, and a commit, for
 * which the writers stand still, finds little left to do.
 */
export interface SyncBehind {
  /** Tells that the file is written up to `bytes`. */
  wrote(bytes: number): void;
  /** Returns when all that has been written is durable. Rejects where a sync has failed, now or earlier. */
  sync(): Promise<void>;
  /** Returns when nothing is under way any more; rejects as `sync` does. */
  settle(): Promise<void>;
}

/** `from` is how far the file was durable when it was opened. */
export function createSyncBehind(handle: Pick<FileHandle, 'datasync'>, from: number): SyncBehind {
  let written = from;
  let synced = from;
  let underWay: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  /** One sync at a time: a second one would only wait for the first. */
  async function catchUp(): Promise<void> {
    try {
      while (written - synced >= syncBytes) {
        synced = written;
        await handle.datasync();
      }
    } catch (error) {
      failure = { error };
    } finally {
      underWay = undefined;
    }
  }

  async function settle(): Promise<void> {
    await underWay;
    // For good: the system tells a lost write once, and drops it; a later sync would come through.
    if (failure !== undefined) throw failure.error;
  }

  return {
    wrote(bytes) {
      written = bytes;
      if (underWay === undefined && failure === undefined && written - synced >= syncBytes) underWay = catchUp();
    },
    async sync() {
      synced = written;
      // Beside the one under way, which may be the one that is told of an error.
      await Promise.all([handle.datasync(), underWay]);
      await settle();
    },
    settle,
  };
}
