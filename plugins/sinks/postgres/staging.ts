import { typeOf } from '../tables/column-kind.ts';
import type { Column } from '../tables/columns.ts';
import { quoteName } from '../tables/quote.ts';

/** Lines of JSON on their way into the table: of this connection alone, in no log, empty after each transaction. */
export const makeStaging = 'CREATE TEMP TABLE IF NOT EXISTS sluice_staging (line TEXT) ON COMMIT DELETE ROWS';

/** A line of JSON holds no control characters: with two of them as quote and delimiter it is one field as it stands. */
export const copyToStaging = String.raw`COPY pg_temp.sluice_staging FROM STDIN (FORMAT csv, ENCODING 'UTF8', QUOTE E'\x01', DELIMITER E'\x02')`;

/** The query that has PostgreSQL itself read the lines as rows of the columns. */
export function stagedRows(columns: readonly Column[]): string {
  const values = columns.map(({ name, whole }) => (whole ? 'staged.line::JSONB' : `made.${quoteName(name)}`));
  const types = columns
    .filter(({ whole }) => !whole)
    .map(({ name, kind }) => `${quoteName(name)} ${typeOf(kind, 'JSONB')}`);
  return `SELECT ${values.join(', ')} FROM pg_temp.sluice_staging AS staged, json_to_record(staged.line::JSON) AS made (${types.join(', ')})`;
}
