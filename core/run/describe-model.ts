import type { JsonObject } from '../contracts/json.ts';
import type { Model } from '../contracts/model.ts';
import type { SinkModel } from '../contracts/sink.ts';
import { isObject, property } from '../unknown.ts';

/** A model as sinks are told of it. */
export function describeModel({ name, fields, schema, metrics }: Model): SinkModel {
  return { name, fields, jsonSchema: jsonSchemaOf(schema), ...(metrics && { metrics }) };
}

/** Of what the schema returns, as Standard JSON Schema has it: a schema can do without, and may not be able to say. */
function jsonSchemaOf(schema: Model['schema']): JsonObject | undefined {
  const output = property(property(schema['~standard'], 'jsonSchema'), 'output');
  if (typeof output !== 'function') return undefined;
  try {
    const described: unknown = Reflect.apply(output, undefined, [{ target: 'draft-2020-12' }]);
    return isObject(described) ? (structuredClone(described) as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
