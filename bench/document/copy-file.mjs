import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** Copies through this process, a mebibyte at a time, down to the disk. */
export async function copyByStream(from, to) {
  const highWaterMark = 1024 * 1024;
  await pipeline(createReadStream(from, { highWaterMark }), createWriteStream(to, { highWaterMark, flush: true }));
}

/** Has the kernel copy, down to the disk. */
export async function copyByKernel(from, to) {
  await copyFile(from, to);
  const file = await open(to, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
