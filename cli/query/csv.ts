import { stringify } from 'csv-stringify/sync';
import type { QueryAnswer, QueryColumn, QueryValue } from '../../core/index.ts';

/**
 * The rows as CSV (RFC 4180) below the names of the columns, in pieces. A text that a spreadsheet would take for a formula
 * gets an apostrophe before it; a number keeps all its digits. `clean` makes texts fit for where they are printed.
 */
export async function* csvAnswer(
  { columns, rows }: Pick<QueryAnswer, 'columns' | 'rows'>,
  clean: (text: string) => string,
): AsyncIterable<string> {
  yield encode([columns.map(({ name }) => clean(name))], []);
  for await (const piece of rows)
    yield encode(
      piece.map((row) => row.map((value) => value && clean(value))),
      columns,
    );
}

function encode(rows: readonly (readonly QueryValue[])[], columns: readonly QueryColumn[]): string {
  if (rows.length === 0) return '';
  const isNumber = columns.map(({ kind }) => kind === 'number');
  return stringify(
    // As numbers, for a minus begins a formula only in a text; written as the texts that they were.
    rows.map((row) => row.map((value, index) => (value !== null && isNumber[index] === true ? Number(value) : value))),
    {
      // =, +, -, @, tab and carriage return, and the wide forms of the first four.
      escape_formulas: true,
      cast: {
        number: (_, { index, records }) => rows[records]?.[index] ?? '',
        // A line feed is on the list of OWASP too, and is not known to the library.
        string: (text) => (text.startsWith('\n') ? `'${text}` : text),
      },
      quoted_match: /^$|[\r\n]/,
      ...(columns.length === 1 && { quoted_empty: true }),
    },
  );
}
