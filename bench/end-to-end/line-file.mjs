import { createWriteStream } from 'node:fs';

/** A file to append to; `write` resolves when more is wanted, which is at once unless the disk is slow. */
export function openLineFile(path) {
  const out = createWriteStream(path, { highWaterMark: 1024 * 1024 });
  // All wait for one event, not each for its own.
  let drained;
  return {
    async write(text) {
      if (out.write(text)) return;
      drained ??= new Promise((resolve) => {
        out.once('drain', () => {
          drained = undefined;
          resolve();
        });
      });
      await drained;
    },
    close: () => new Promise((resolve) => out.end(resolve)),
  };
}
