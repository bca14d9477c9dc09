import type { QueryAnswer, QueryColumn, QueryValue } from '../../core/index.ts';

/** The rows as one JSON list of objects, in pieces. A number keeps all its digits: it is for the reader to round. */
export async function* jsonAnswer({ columns, rows }: Pick<QueryAnswer, 'columns' | 'rows'>): AsyncIterable<string> {
  let begun = false;
  for await (const piece of rows) {
    if (piece.length === 0) continue;
    const lines = piece.map((row) => `  {${columns.map((column, index) => pairOf(column, row[index])).join(',')}}`);
    yield `${begun ? ',' : '['}\n${lines.join(',\n')}`;
    begun = true;
  }
  yield begun ? '\n]\n' : '[]\n';
}

function pairOf(column: QueryColumn, value: QueryValue | undefined): string {
  return `${quoted(column.name)}:${valueOf(column, value)}`;
}

function valueOf({ kind }: QueryColumn, value: QueryValue | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (kind === 'text') return quoted(value);
  if (kind !== 'number') return value;
  // Neither infinity nor what is no number can stand in JSON.
  return /^-?\d/.test(value) ? value : 'null';
}

/** What a terminal could take for a command is escaped: JSON itself leaves the upper control characters as they are. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
