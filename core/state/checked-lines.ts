import type { Disk } from './disk.ts';
import { crc32 } from 'node:zlib';
import { SluiceError } from '../errors.ts';

/** Bytes of a line before its JSON: eight digits and a space. */
const headBytes = 9;
const newline = 0x0a;
const endOfLine = Buffer.of(newline);

/** A value as a line: `<CRC-32 of the JSON, 8 hexadecimal digits> <JSON>\n`. */
export function encodeLine(value: unknown): Uint8Array {
  const json = Buffer.from(JSON.stringify(value));
  return Buffer.concat([Buffer.from(`${checksum(json)} `), json, endOfLine]);
}

/**
 * The lines of a file whose checksum is right, in order, each with the offset behind it. Holds one line at a time.
 * Damage at the end is passed over; damage with good lines behind it throws `journal_corrupt`.
 */
export async function* verifiedLines(
  disk: Disk,
  path: string,
): AsyncGenerator<{ readonly json: Buffer; readonly end: number }, void> {
  let number = 0;
  let end = 0;
  let damage: { readonly line: number; readonly offset: number } | undefined;
  for await (const line of wholeLines(disk, path)) {
    number++;
    const offset = end;
    end += line.byteLength + 1;
    const json = line.subarray(headBytes);
    const good = json.byteLength > 0 && line.toString('latin1', 0, headBytes) === `${checksum(json)} `;
    // JSON has no zero bytes. They are what a power cut leaves where the file had grown and a block of it was not
    // written yet; had anything behind it been synced, that block would have been too.
    if (!good && damage === undefined && line.includes(0)) return;
    if (!good) damage ??= { line: number, offset };
    else if (damage === undefined) yield { json, end };
    else throw corrupt(path, damage);
  }
}

/** What stands before each newline; what follows the last one is the beginning of a line that was never finished. */
async function* wholeLines(disk: Disk, path: string): AsyncGenerator<Buffer, void> {
  let begun: Uint8Array[] = [];
  for await (const piece of disk.read(path)) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    let start = 0;
    for (let stop = bytes.indexOf(newline); stop !== -1; stop = bytes.indexOf(newline, start)) {
      const rest = bytes.subarray(start, stop);
      yield begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
      begun = [];
      start = stop + 1;
    }
    if (start < bytes.byteLength) begun.push(bytes.subarray(start));
  }
}

function checksum(json: Uint8Array): string {
  return crc32(json).toString(16).padStart(8, '0');
}

function corrupt(path: string, { line, offset }: { readonly line: number; readonly offset: number }): SluiceError {
  return new SluiceError(
    'journal_corrupt',
    [
      `${path}, line ${line} (byte ${offset}) is damaged, and lines behind it are not`,
      'No crash does that: the file was changed, or the disk is failing. That run can’t be taken up again; start a new one.',
    ].join('\n'),
  );
}
