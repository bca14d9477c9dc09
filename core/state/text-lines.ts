import type { Disk } from './disk.ts';
import { property } from '../unknown.ts';

const newline = 10;

/** The lines of a text file up to an offset; none where there is no file. What comes after the last newline is left out. */
export async function* textLines(disk: Disk, path: string, end: number): AsyncIterable<string> {
  let rest = Buffer.alloc(0);
  let left = end;
  try {
    for await (const piece of disk.read(path)) {
      const bytes = Buffer.concat([rest, piece.subarray(0, Math.max(0, left))]);
      left -= piece.byteLength;
      let from = 0;
      for (let to = bytes.indexOf(newline); to >= 0; to = bytes.indexOf(newline, from)) {
        yield bytes.toString('utf8', from, to);
        from = to + 1;
      }
      rest = bytes.subarray(from);
    }
  } catch (error) {
    if (property(error, 'code') !== 'ENOENT') throw error;
  }
}
