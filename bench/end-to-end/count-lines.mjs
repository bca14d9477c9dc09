import { createReadStream } from 'node:fs';

const newline = 10;

/** Lines of a file. */
export async function countLines(file) {
  let lines = 0;
  for await (const piece of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    for (let at = piece.indexOf(newline); at !== -1; at = piece.indexOf(newline, at + 1)) lines += 1;
  }
  return lines;
}
