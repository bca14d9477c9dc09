import type { Shift } from '../../../core/plugin.ts';
import type { DuckDatabase } from '../duckdb/connection.ts';
import { type ColumnKind, kindOf } from '../tables/column-kind.ts';
import { quoteName, quoteText } from '../tables/quote.ts';

/** A field of the records of one run, over a row of their table. */
export interface FieldOfRun {
  readonly kind: ColumnKind;
  /** Its value; NULL where it has none. */
  readonly value: string;
}

/** A field that the records of one of two runs have, or of both. */
export interface ComparedField {
  readonly name: string;
  readonly before: FieldOfRun | undefined;
  readonly after: FieldOfRun | undefined;
}

/** The id says which record it is, and `processed_at` differs in each run. */
const framework: ReadonlySet<string> = new Set(['id', 'source', 'source_id', 'processed_at']);
/** Keys of records that no schema bounds; more are no fields but data. */
const mostKeys = 500;

/** The fields of the records in two tables, in the order of the later one, those of the earlier one alone behind. */
export async function comparedFields(database: DuckDatabase, tables: Shift<string>): Promise<readonly ComparedField[]> {
  const before = await fieldsOf(database, tables.before, 'b');
  const after = await fieldsOf(database, tables.after, 'a');
  const names = new Set([...after.keys(), ...before.keys()]);
  return [...names].map((name) => ({ name, before: before.get(name), after: after.get(name) }));
}

/** A column each; or, where one column holds the record as a whole, its keys. */
async function fieldsOf(
  database: DuckDatabase,
  table: string,
  alias: string,
): Promise<ReadonlyMap<string, FieldOfRun>> {
  const described = await database.query(`SELECT column_name, column_type FROM (DESCRIBE ${table})`);
  const columns = described.map(([name, type]) => [String(name), kindOf(String(type)) ?? 'text'] as const);
  const own = columns.filter(([name]) => !framework.has(name));
  const [only] = own;
  const fields = new Map(own.map(([name, kind]) => [name, { kind, value: `${alias}.${quoteName(name)}` }]));
  if (own.length !== 1 || only?.[0] !== 'record' || only[1] !== 'json') return withoutNull(fields);
  const keys = await database.query(
    `SELECT DISTINCT unnest(json_keys("record")) AS key FROM ${table} ORDER BY key LIMIT ${mostKeys + framework.size}`,
  );
  const named = keys.map(([key]) => String(key)).filter((key) => !framework.has(key));
  return withoutNull(
    new Map(
      named
        .slice(0, mostKeys)
        .map((key) => [key, { kind: 'json' as const, value: `${alias}."record" -> ${quoteText(pointerTo(key))}` }]),
    ),
  );
}

/** JSON's own null is no value. */
function withoutNull(fields: ReadonlyMap<string, FieldOfRun>): ReadonlyMap<string, FieldOfRun> {
  return new Map(
    [...fields].map(([name, { kind, value }]) => [
      name,
      { kind, value: kind === 'json' ? `nullif(CAST(${value} AS TEXT), 'null')` : value },
    ]),
  );
}

/** A key as a JSON pointer (RFC 6901): it may hold whatever a path could not. */
function pointerTo(key: string): string {
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** A value as JSON, the same for equal values of different columns; NULL for none. */
export function asJson(field: FieldOfRun | undefined): string {
  if (field === undefined) return 'CAST(NULL AS TEXT)';
  const { kind, value } = field;
  switch (kind) {
    case 'json':
      return value;
    case 'number':
    case 'integer':
      // A whole number is written without a point, in whatever column it stands.
      return `regexp_replace(CAST(${value} AS TEXT), '\\.0$', '')`;
    case 'boolean':
      return `CAST(${value} AS TEXT)`;
    case 'text':
    case 'time':
      return `CAST(to_json(CAST(${value} AS TEXT)) AS TEXT)`;
  }
}

/** Whether the values of two runs differ, for a join of their tables as `b` and `a`. */
export function differs({ before, after }: ComparedField): string {
  // Within columns of one type, values are compared as they are: making JSON of each would take many times longer.
  const same = before !== undefined && before.kind === after?.kind;
  const [was, is] = same ? [before.value, after.value] : [asJson(before), asJson(after)];
  return `(${was}) IS DISTINCT FROM (${is})`;
}

/** The types of JSON that the values have, as a list without those of none. */
export function typesIn(field: FieldOfRun | undefined): string {
  if (field === undefined) return 'CAST([] AS TEXT[])';
  const { kind, value } = field;
  const type = kind === 'json' ? `json_type(${value})` : quoteText(kind);
  return `coalesce(list(DISTINCT ${type}) FILTER (${value} IS NOT NULL), [])`;
}

/** How DuckDB calls types, and how JSON does. */
const jsonTypes: ReadonlyMap<string, string> = new Map([
  ['VARCHAR', 'string'],
  ['text', 'string'],
  ['time', 'string'],
  ['UBIGINT', 'number'],
  ['BIGINT', 'number'],
  ['HUGEINT', 'number'],
  ['UHUGEINT', 'number'],
  ['DOUBLE', 'number'],
  ['integer', 'number'],
  ['OBJECT', 'object'],
  ['ARRAY', 'array'],
  ['BOOLEAN', 'boolean'],
]);

/** Types as JSON calls them, each once, by name. */
export function namesOfTypes(types: readonly string[]): readonly string[] {
  return [...new Set(types.map((type) => jsonTypes.get(type) ?? type))].toSorted();
}
