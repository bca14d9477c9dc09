import { type Options, stringify } from 'csv-stringify/sync';
import type { UnifiedRecord } from '../../../core/plugin.ts';

/** How lines end: as on Unix, or as RFC 4180 has it. */
export type LineEnding = 'lf' | 'crlf';

/**
 * Rows as CSV (RFC 4180, UTF-8): a value that is not there is empty, an empty text is `""`, lists and objects are JSON. A
 * text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers, negative ones too.
 */
export function csvRows(
  records: readonly UnifiedRecord[],
  columns: readonly string[],
  lineEnding: LineEnding,
): Uint8Array {
  return encode(
    records.map((record) => columns.map((column) => record[column])),
    lineEnding,
  );
}

/** The row with the names of the columns. */
export function headerRow(columns: readonly string[], lineEnding: LineEnding): Uint8Array {
  return encode([columns], lineEnding);
}

const settings: Options = {
  // =, +, -, @, tab and carriage return, and the wide forms of the first four. https://owasp.org/www-community/attacks/CSV_Injection
  escape_formulas: true,
  cast: {
    boolean: String,
    // A line feed is on that list too, and is not known to the library.
    string: (text) => (text.startsWith('\n') ? `'${text}` : text),
  },
  // An empty text, to tell it from a value that is not there; and both line ends, whichever is in use.
  quoted_match: /^$|[\r\n]/,
};

function encode(rows: readonly (readonly unknown[])[], lineEnding: LineEnding): Uint8Array {
  const record_delimiter = lineEnding === 'lf' ? 'unix' : 'windows';
  // Of a lone column an empty value would be a blank line, which readers pass over.
  const quoted_empty = rows[0]?.length === 1 ? { quoted_empty: true } : {};
  return Buffer.from(stringify([...rows], { ...settings, ...quoted_empty, record_delimiter }));
}
