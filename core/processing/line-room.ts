/** Where the lines of pages become bytes. */
import { Buffer } from 'node:buffer';

/** Gives lines as UTF-8. */
export type EncodeLines = (lines: string) => Uint8Array<ArrayBuffer>;

/** Bytes of a room: the lines of a batch, which are fewer than its pages have. A page that finds none gets bytes of its own. */
const roomBytes = 512 * 1024;

/** No character takes more bytes for each of its code units. */
const mostBytes = 3;

/** As bytes of their own. Text that is ASCII, as most is, takes a tenth of the time in Latin-1, and is the same bytes. */
export function encodeLines(lines: string): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(lines));
  if (bytes.length === lines.length) bytes.write(lines, 'latin1');
  else bytes.write(lines, 'utf8');
  return new Uint8Array(bytes.buffer);
}

/** Room for the lines of one batch after the other. */
export interface LineRoom {
  /** The bytes stay as they are until `clear`: whoever wants them for longer copies them. */
  readonly encode: EncodeLines;
  clear(): void;
}

/** A buffer for each page would take as long as writing into it, and leave the collector with them all. */
export function createLineRoom(): LineRoom {
  const room = Buffer.allocUnsafeSlow(roomBytes);
  let used = 0;
  return {
    encode(lines) {
      if (lines.length * mostBytes > roomBytes - used) return encodeLines(lines);
      const start = used;
      used += room.write(lines, start);
      return new Uint8Array(room.buffer, start, used - start);
    },
    clear() {
      used = 0;
    },
  };
}
