import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { z } from 'zod';

/** Bytes before a position by which a file is known again: enough to hold ids and timestamps of that run. */
const tailBytes = 4096;

/** How far a file has got, and how to tell that it is still the same file up to there. */
export const filePosition = z.strictObject({
  /** Length up to there. */
  bytes: z.int().nonnegative(),
  /** CRC-32 of the last up to 4 KiB before it. */
  tail: z.int().nonnegative(),
});

/** How far a file has got, as a sink's position holds it. */
export type FilePosition = z.infer<typeof filePosition>;

/** Reads the position at `bytes` off a file. What is before `fixedFrom` may be written over, and is left out. */
export async function positionAt(
  handle: Pick<FileHandle, 'read'>,
  bytes: number,
  fixedFrom: number,
): Promise<FilePosition> {
  const from = Math.max(bytes - tailBytes, fixedFrom);
  const tail = new Uint8Array(Math.max(bytes - from, 0));
  for (let done = 0; done < tail.byteLength;) {
    const { bytesRead } = await handle.read(tail, done, tail.byteLength - done, from + done);
    if (bytesRead === 0) throw new Error(`the file ends before its byte ${bytes}`);
    done += bytesRead;
  }
  return { bytes, tail: crc32(tail) };
}

/** What speaks against a file being the one that was committed up to `position`; undefined where nothing does. */
export async function mismatch(
  handle: Pick<FileHandle, 'read' | 'stat'>,
  position: FilePosition,
  fixedFrom: number,
): Promise<string | undefined> {
  const { size } = await handle.stat();
  const { bytes } = position;
  if (size < bytes) return `it holds ${size} bytes where ${bytes} were committed`;
  const found = await positionAt(handle, bytes, fixedFrom);
  return found.tail === position.tail ? undefined : `what stands before its byte ${bytes} is not what was committed`;
}
