import stringWidth from 'string-width';
import { cleanText, type SinkContext, type SinkModel, type UnifiedRecord } from '../../../core/plugin.ts';

/** Turns pages of records into rows of a table. */
export interface RecordTable {
  /** The rows of a page, those of the first one below the titles; each ends with a line feed. */
  rows(records: readonly UnifiedRecord[]): string;
}

interface Column {
  readonly field: string;
  /** In columns of the terminal. */
  readonly width: number;
  readonly numeric: boolean;
}

const gap = '  ';
/** A column that is narrower than this says nothing; the first one stays all the same. */
const narrowest = 8;
/** Characters of an id within its source for which there is room, whatever the first page has. */
const usualDigits = 4;
/** Longest text of a cell that is looked at, in characters. */
const most = 200;
const graphemes = new Intl.Segmenter();

/**
 * Makes a table that is at most `width` wide. The first page decides on its columns, for those behind it come later: the id,
 * then the model's fields in order, as many as there is room for. Fields that are longer are cut.
 */
export function createTable({ model, takes }: Pick<SinkContext, 'model' | 'takes'>, width: number): RecordTable {
  let columns: readonly Column[] | undefined;
  return {
    rows(records) {
      const lines: string[] = [];
      if (columns === undefined) {
        columns = chooseColumns(model, records, { width, idWidth: idWidthOf(takes) });
        lines.push(
          lineOf(columns, ({ field }) => field),
          lineOf(columns, (column) => '─'.repeat(column.width)),
        );
      }
      for (const record of records) lines.push(lineOf(columns, ({ field }) => textOf(record[field])));
      return lines.map((line) => `${line}\n`).join('');
    },
  };
}

/** Room for the ids of all sources, not of those of the first page alone: an id that is cut is none. */
function idWidthOf(sources: readonly string[]): number {
  return Math.max(...sources.map((name) => name.length)) + ':'.length + usualDigits;
}

function chooseColumns(
  model: SinkModel,
  records: readonly UnifiedRecord[],
  { width, idWidth }: { readonly width: number; readonly idWidth: number },
): readonly Column[] {
  const head = new Set(['id', 'source', 'source_id', 'processed_at']);
  const own = model.fields ?? Object.keys(records[0] ?? {}).filter((field) => !head.has(field));
  const widest = Math.max(narrowest, Math.floor(width / 4));
  const columns: Column[] = [];
  let room = width;
  // The id holds the source, and the time is the same for a whole page.
  for (const field of ['id', ...own]) {
    const values = records.map((record) => record[field]);
    const longest = Math.max(...[field, ...values].map((value) => stringWidth(textOf(value))));
    const needed = field === 'id' ? Math.max(longest, idWidth) : longest;
    const columnWidth = Math.min(needed, field === 'id' ? Math.floor(width / 2) : widest, room);
    if (columns.length > 0 && columnWidth < Math.min(needed, narrowest)) break;
    const numeric = values.some((value) => typeof value === 'number');
    columns.push({ field: cleanText(field, most), width: columnWidth, numeric });
    room -= columnWidth + gap.length;
  }
  return columns;
}

function lineOf(columns: readonly Column[], text: (column: Column) => string): string {
  return columns
    .map((column) => {
      const shown = cut(text(column), column.width);
      const padding = ' '.repeat(Math.max(0, column.width - stringWidth(shown)));
      return column.numeric ? padding + shown : shown + padding;
    })
    .join(gap)
    .trimEnd();
}

/** What an upstream says, without anything that could move a cursor, colour a terminal or break the line. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return cleanText(typeof value === 'string' ? value : JSON.stringify(value), most);
}

function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return width < 1 ? '' : `${kept}…`;
}
