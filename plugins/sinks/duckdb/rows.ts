import { typeOf } from '../tables/column-kind.ts';
import type { Column } from '../tables/columns.ts';
import { quoteName, quoteText } from '../tables/quote.ts';

/** Bytes that the line of a record has at most, and its newline: read_json takes no longer ones. */
const maxLineBytes = 2 * 1024 * 1024;

/**
 * The query that has DuckDB itself read the records from a file with lines of JSON, as rows of the columns. A line without an
 * id is none: the head of the file is one.
 */
export function rowsIn(path: string, columns: readonly Column[]): string {
  const file = quoteText(path);
  if (columns.some(({ whole }) => whole)) {
    const values = columns.map(({ name, kind, whole }) =>
      whole
        ? `json AS ${quoteName(name)}`
        : `CAST(json ->> ${quoteText(`$."${name}"`)} AS ${typeOf(kind, 'JSON')}) AS ${quoteName(name)}`,
    );
    return `SELECT ${values.join(', ')} FROM read_ndjson_objects(${file}, maximum_object_size = ${maxLineBytes}) WHERE json ->> '$.id' IS NOT NULL`;
  }
  const values = columns.map(({ name, kind }) =>
    kind === 'time' ? `CAST(${quoteName(name)} AS TIMESTAMPTZ)` : quoteName(name),
  );
  const types = columns.map(
    // A time is read as text: read_json would guess its form.
    ({ name, kind }) => `${quoteText(name)}: ${quoteText(kind === 'time' ? 'TEXT' : typeOf(kind, 'JSON'))}`,
  );
  return `SELECT ${values.join(', ')} FROM read_json(${file}, format = 'newline_delimited', columns = {${types.join(', ')}}, maximum_object_size = ${maxLineBytes}) WHERE "id" IS NOT NULL`;
}
