import type { JsonObject, JsonValue } from '../../../core/plugin.ts';
import type { ColumnKind } from './column-kind.ts';

/**
 * The kind of column that holds whatever a JSON Schema allows (draft 2020-12): `json` where it allows several types, or
 * says it in a way that is not looked into, such as a reference.
 */
export function schemaKind(schema: JsonValue | undefined): ColumnKind {
  const found = new Set(kindsOf(schema));
  const [only] = found;
  if (found.size === 2 && found.has('integer') && found.has('number')) return 'number';
  return found.size === 1 && only !== undefined ? only : 'json';
}

/** Null is left out: any column can be null. */
function kindsOf(schema: JsonValue | undefined): readonly ColumnKind[] {
  if (!isObject(schema)) return ['json'];
  const { type } = schema;
  const alternatives = schema['anyOf'] ?? schema['oneOf'];
  if (type === undefined && isList(alternatives)) return alternatives.flatMap(kindsOf);
  const names = isList(type) ? type : [type];
  return names.filter((name) => name !== 'null').map((name) => kindOfType(name, schema));
}

function kindOfType(type: JsonValue | undefined, schema: JsonObject): ColumnKind {
  if (type === 'integer') return isSafe(schema['minimum']) && isSafe(schema['maximum']) ? 'integer' : 'number';
  if (type === 'string') return 'text';
  return type === 'number' || type === 'boolean' ? type : 'json';
}

/** Beyond, a whole number of JavaScript may be more than a 64-bit integer can hold. */
function isSafe(bound: JsonValue | undefined): boolean {
  return Number.isSafeInteger(bound);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
