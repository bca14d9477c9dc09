import type { FileHandle } from 'node:fs/promises';

/** Does what a file that was just opened needs, and closes it where that fails. */
export async function orClose(handle: FileHandle, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await handle.close();
    throw error;
  }
}
