import stringWidth from 'string-width';
import type { Paint, Style } from './paint.ts';
import { fit } from './text.ts';

/** A column of a table that fits whatever terminal there is. */
export interface Column {
  readonly title: string;
  /** Default left. */
  readonly align?: 'left' | 'right';
  /** Where room is short, the column with the highest goes first; those with 0 stay. */
  readonly drop: number;
  /** Widest that it may be, in terminal columns. Default: as its widest cell. */
  readonly max?: number;
}

/** Text, or text with a style. */
export type Cell = string | { readonly text: string; readonly style: Style };

const gap = 2;

/** Lines of a table with a header, none wider than `width`. Columns without a single text are left out. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string[] {
  const widths = columns.map(({ title, max = width }, index) => {
    const cells = rows.map((row) => stringWidth(textOf(row[index])));
    return Math.max(...cells) === 0 ? 0 : Math.min(max, Math.max(stringWidth(title), ...cells));
  });
  const kept = fittingColumns(
    columns.map(({ drop }, index) => ({ drop: widths[index] === 0 ? Infinity : drop, width: widths[index] ?? 0 })),
    width,
  );
  const line = (cells: readonly (Cell | undefined)[]): string =>
    kept
      .map((index, place) => {
        const cell = cells[index] ?? '';
        const { align } = columns[index] ?? {};
        // The last column needs no padding, and the terminal no trailing spaces.
        const last = place === kept.length - 1 && align !== 'right';
        const room = Math.min(widths[index] ?? 0, width);
        const text = last ? fit(textOf(cell), room).trimEnd() : fit(textOf(cell), room, align);
        return typeof cell === 'string' ? text : paint(cell.style, text);
      })
      .join(' '.repeat(gap));
  return [line(columns.map(({ title }) => ({ text: title, style: 'gray' as const }))), ...rows.map(line)];
}

/** Indexes of the columns that fit side by side into `available`, those that matter most kept. */
export function fittingColumns(
  columns: readonly { readonly drop: number; readonly width: number }[],
  available: number,
): readonly number[] {
  const kept = new Set(columns.keys());
  const byDrop = [...columns.entries()].toSorted(([, a], [, b]) => b.drop - a.drop);
  const needed = (): number => [...kept].reduce((sum, index) => sum + (columns[index]?.width ?? 0) + gap, -gap);
  for (const [index, { drop }] of byDrop) {
    if (drop !== Infinity && (needed() <= available || drop === 0)) break;
    kept.delete(index);
  }
  return [...kept];
}

function textOf(cell: Cell | undefined): string {
  return typeof cell === 'object' ? cell.text : (cell ?? '');
}
