import stringWidth from 'string-width';
import { cleanText, type QueryAnswer, type QueryValue } from '../../core/index.ts';
import type { Paint } from '../render/paint.ts';
import { renderTable } from '../render/table.ts';
import { cut } from '../render/text.ts';

/** Rows that a table has: what is longer is for a program to read. */
const mostRows = 1_000;
/** Columns of a terminal that a column of the table keeps, however many there are. */
const narrowest = 8;

/** A table, and whether it has all rows. */
export interface TableAnswer {
  readonly lines: readonly string[];
  readonly whole: boolean;
}

/** The first rows as lines of a table. */
export async function tableAnswer(
  { columns, rows }: Pick<QueryAnswer, 'columns' | 'rows'>,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): Promise<TableAnswer> {
  if (columns[0]?.name === 'explain_key') return { lines: await planLines(rows, width), whole: true };
  const taken: string[][] = [];
  let whole = true;
  for await (const piece of rows) {
    const room = mostRows - taken.length;
    whole = piece.length <= room;
    taken.push(...piece.slice(0, room).map((row) => row.map(cellOf)));
    if (!whole) break;
  }
  const titles = columns.map(({ name }) => cleanText(name) || ' ');
  const max = widestColumn(
    titles.map((title, index) => Math.max(stringWidth(title), ...taken.map((row) => stringWidth(row[index] ?? '')))),
    width,
  );
  const shape = columns.map(({ kind }, index) => {
    const align = kind === 'number' ? ('right' as const) : ('left' as const);
    return { title: titles[index] ?? '', align, drop: 0, max };
  });
  return { lines: renderTable(shape, taken, { width, paint }), whole };
}

/** A plan of `EXPLAIN` is a drawing of many lines in one cell. */
async function planLines(rows: QueryAnswer['rows'], width: number): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const piece of rows)
    for (const [, plan] of piece)
      for (const line of String(plan).trimEnd().split('\n')) {
        const indent = /^ */.exec(line)?.[0] ?? '';
        lines.push(cut(indent + cleanText(line), width));
      }
  return lines;
}

/** In one line, and with a sign for what is not there: a column without a text would be left out. */
function cellOf(value: QueryValue): string {
  return value === null ? '–' : cleanText(value) || ' ';
}

/** How wide a column may be so that all fit side by side: wide ones give way before narrow ones. */
function widestColumn(widths: readonly number[], available: number): number {
  const room = available - 2 * (widths.length - 1);
  let max = Math.max(...widths, narrowest);
  while (max > narrowest && widths.reduce((sum, width) => sum + Math.min(width, max), 0) > room) max -= 1;
  return max;
}
