/** What a column of a table can hold. */
export const columnKinds = ['text', 'number', 'integer', 'boolean', 'time', 'json'] as const;
export type ColumnKind = (typeof columnKinds)[number];

/** SQL types by kind; JSON differs from database to database. */
const types: Readonly<Record<Exclude<ColumnKind, 'json'>, string>> = {
  text: 'TEXT',
  number: 'DOUBLE PRECISION',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  time: 'TIMESTAMPTZ',
};

/** As the databases call these types when they are asked. */
const kinds: ReadonlyMap<string, ColumnKind> = new Map([
  ['text', 'text'],
  ['varchar', 'text'],
  ['character varying', 'text'],
  ['double precision', 'number'],
  ['double', 'number'],
  ['bigint', 'integer'],
  ['boolean', 'boolean'],
  ['timestamp with time zone', 'time'],
  ['json', 'json'],
  ['jsonb', 'json'],
]);

/** The SQL type of a kind. */
export function typeOf(kind: ColumnKind, jsonType: string): string {
  return kind === 'json' ? jsonType : types[kind];
}

/** The kind of a column that is there, by its type; undefined for one that no sink makes. */
export function kindOf(type: string): ColumnKind | undefined {
  return kinds.get(type.toLowerCase());
}
