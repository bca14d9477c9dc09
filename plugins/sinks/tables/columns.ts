import { type JsonObject, type JsonValue, type SinkModel, SluiceError } from '../../../core/plugin.ts';
import type { ColumnKind } from './column-kind.ts';
import { schemaKind } from './schema-kind.ts';

/** A column that the records of a run need. */
export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** It holds the record as a whole. */
  readonly whole?: true;
}

/** What a database makes of names. */
export interface NameRules {
  /** What two names have in common that it takes for the same. */
  readonly fold: (name: string) => string;
  /** Bytes that a name may have. */
  readonly maxBytes: number;
}

/** What the framework puts into each record. `id` is the key of the table. */
const head: readonly Column[] = [
  { name: 'id', kind: 'text' },
  { name: 'source', kind: 'text' },
  { name: 'source_id', kind: 'text' },
  { name: 'processed_at', kind: 'time' },
];
const headNames: ReadonlySet<string> = new Set(head.map(({ name }) => name));

/**
 * The columns for the records of a model: the head, and one for each of its fields. Where nobody can say which fields there
 * are, one column, `record`, holds the whole. Throws `sink_failed` for names that the database can't hold or tell apart.
 */
export function columnsOf({ name: model, fields, jsonSchema }: SinkModel, rules: NameRules): readonly Column[] {
  const properties = propertiesOf(jsonSchema);
  const names = fields ?? closedNames(jsonSchema);
  const own: readonly Column[] =
    names === undefined
      ? [{ name: 'record', kind: 'json', whole: true }]
      : names.filter((name) => !headNames.has(name)).map((name) => ({ name, kind: schemaKind(properties.get(name)) }));
  const [id, source, sourceId, processedAt] = head as readonly [Column, Column, Column, Column];
  const columns = [id, source, sourceId, ...own, processedAt];
  assertNames(columns, model, rules);
  return columns;
}

/** The names of a schema that allows no others. */
function closedNames(schema: JsonObject | undefined): readonly string[] | undefined {
  return schema?.['additionalProperties'] === false ? [...propertiesOf(schema).keys()] : undefined;
}

/** As a map: a property may be called `__proto__`. */
function propertiesOf(schema: JsonObject | undefined): ReadonlyMap<string, JsonValue> {
  const properties = schema?.['properties'];
  return new Map(typeof properties === 'object' && properties !== null ? Object.entries(properties) : []);
}

function assertNames(columns: readonly Column[], model: string, { fold, maxBytes }: NameRules): void {
  const seen = new Map<string, string>();
  for (const { name } of columns) {
    const twin = seen.get(fold(name));
    const problem =
      name === '' || name.includes('\0') || Buffer.byteLength(name) > maxBytes
        ? `can't be the name of a column, which has 1 to ${maxBytes} bytes and no NUL`
        : twin === undefined
          ? undefined
          : `and ${JSON.stringify(twin)} would be the same column`;
    if (problem !== undefined) {
      const text = `the field ${JSON.stringify(name.slice(0, 80))} of the model "${model}" ${problem}: rename it there`;
      throw new SluiceError('sink_failed', text);
    }
    seen.set(fold(name), name);
  }
}
