import type { DeadLetterPosition } from './dead-letters.ts';
import type { Disk } from './disk.ts';
import { type Letter, parseLetter } from './letter-lines.ts';
import { letterFile } from './run-folders.ts';
import { textLines } from './text-lines.ts';
import { property } from '../unknown.ts';

export interface SortLettersOptions {
  readonly disk: Disk;
  readonly folder: string;
  /** Number of the life that is about to begin. */
  readonly life: number;
  /** Where the letters stand. */
  readonly position: DeadLetterPosition;
  /** Called with each whole item, which is then taken out; undefined leaves the items in. */
  readonly onItem: ((letter: Extract<Letter, { kind: 'item' }>, line: string) => void) | undefined;
}

/**
 * Takes out of the dead letters what the next life is going to ask for again: pages always, items where `onItem` is
 * given. What stays is written into a file of its own, for `settleLetters`. Returns where that ends, or undefined where
 * there was nothing to take out.
 */
export async function sortLetters(options: SortLettersOptions): Promise<DeadLetterPosition | undefined> {
  const { disk, folder, life, position, onItem } = options;
  const goes = ({ kind }: Letter): boolean => kind === 'page' || (kind === 'item' && onItem !== undefined);
  let going = 0;
  for await (const line of textLines(disk, letterFile(folder), position.bytes)) {
    const letter = parseLetter(line);
    if (!goes(letter)) continue;
    going += 1;
    if (letter.kind === 'item') onItem?.(letter, line);
  }
  if (going === 0) return undefined;
  let kept = 0;
  const bytes = await writeLines(disk, keptFile(folder, life), staying());
  return { bytes, kept, omitted: position.omitted };

  async function* staying(): AsyncIterable<string> {
    for await (const line of textLines(disk, letterFile(folder), position.bytes)) {
      if (goes(parseLetter(line))) continue;
      kept += 1;
      yield line;
    }
  }
}

/** Makes the letters that stay the letters of the run; does nothing where that has been done. */
export async function settleLetters(disk: Disk, folder: string, life: number): Promise<void> {
  try {
    await disk.rename(keptFile(folder, life), letterFile(folder));
  } catch (error) {
    if (property(error, 'code') !== 'ENOENT') throw error;
  }
}

/** Under the number of the life: what one left that never began must not be taken for another's. */
function keptFile(folder: string, life: number): string {
  return `${letterFile(folder)}.kept-${life}`;
}

/** Bytes that are written at once. */
const pieceBytes = 256 * 1024;

/** Writes a file anew, durably, and returns its length. */
export async function writeLines(
  disk: Disk,
  path: string,
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<number> {
  await disk.remove(path);
  const file = await disk.append(path);
  try {
    let piece = '';
    for await (const line of lines) {
      piece += `${line}\n`;
      if (piece.length < pieceBytes) continue;
      await file.append(Buffer.from(piece));
      piece = '';
    }
    if (piece !== '') await file.append(Buffer.from(piece));
    await file.sync();
    return file.size;
  } finally {
    await file.close();
  }
}
