import { Buffer } from 'node:buffer';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Model } from '../contracts/model.ts';
import type { NormalizeContext } from '../contracts/normalizer.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import { SluiceError } from '../errors.ts';
import { isObject, kindOf } from '../unknown.ts';
import { messageOf } from './message-of.ts';
import { reasonFor, type ItemFault } from './reject.ts';
import { sourceId } from './source-id.ts';

/** Bytes that the line of one record may have. */
const maxRecordBytes = 1024 * 1024;

/** A record, ready to be written. */
export interface MadeRecord {
  readonly id: string;
  readonly line: string;
  /** What the model's schema returned: the metrics measure this. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Turns one raw item into a record, or says what is wrong with it. Throws `plugin_invalid` for a schema that
 * answers with a promise: that is wrong for every item, whatever it holds.
 */
export function makeRecord(
  item: unknown,
  source: SourcePlugin,
  model: Model,
  context: NormalizeContext,
): MadeRecord | ItemFault {
  if (!isObject(item)) return { reason: 'not_an_object', message: `an item is an object, not ${kindOf(item)}` };
  let normalized: unknown;
  try {
    normalized = source.normalizer.normalize(item as never, context);
  } catch (error) {
    return { reason: 'normalizer_failed', message: messageOf(error) };
  }
  if (!isObject(normalized) || isPromise(normalized))
    return { reason: 'normalizer_failed', message: `a normalizer returns an object, not ${answerKind(normalized)}` };

  // Spread defines the keys of the item as they are, `__proto__` too: nothing is assigned by a name from outside.
  const { id: rawId, ...given } = normalized;
  const id = sourceId(rawId);
  if (typeof id !== 'string') return id;
  for (const field of model.optional ?? []) if (given[field] === undefined) given[field] = null;
  let checked: StandardSchemaV1.Result<object> | Promise<unknown>;
  try {
    checked = model.schema['~standard'].validate(given);
  } catch (error) {
    return { reason: 'invalid_field', message: messageOf(error) };
  }
  if (isPromise(checked))
    throw new SluiceError('plugin_invalid', `the schema of the model "${model.name}" answers with a promise`);
  if (checked.issues) return schemaFault(checked.issues, given);
  return encode(id, checked.value as Readonly<Record<string, unknown>>, model, context);
}

function encode(
  source_id: string,
  fields: Readonly<Record<string, unknown>>,
  model: Model,
  { source, processedAt: processed_at }: NormalizeContext,
): MadeRecord | ItemFault {
  const id = `${source}:${source_id}`;
  const ordered = model.fields === undefined ? fields : pick(fields, model.fields);
  const record = { id, source, source_id, ...ordered, processed_at };
  // Whatever fields of these names a model has, the head keeps its place and its value.
  record.id = id;
  record.source = source;
  record.source_id = source_id;
  let line: string;
  try {
    line = JSON.stringify(record);
  } catch (error) {
    return { reason: 'invalid_field', message: `the record can't be written as JSON: ${messageOf(error)}` };
  }
  line += '\n';
  // No character takes more than three bytes for its one or two code units.
  if (line.length * 3 > maxRecordBytes && Buffer.byteLength(line) > maxRecordBytes)
    return { reason: 'record_too_large', message: `a record of ${Buffer.byteLength(line)} bytes, of 1 MiB allowed` };
  return { id, line, fields };
}

function pick(fields: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const name of names) picked[name] = fields[name];
  return picked;
}

function schemaFault(issues: readonly StandardSchemaV1.Issue[], given: Readonly<Record<string, unknown>>): ItemFault {
  const [issue] = issues;
  const path = issue?.path?.map((segment) => String(typeof segment === 'object' ? segment.key : segment)) ?? [];
  const [first] = path;
  const value = first !== undefined && Object.hasOwn(given, first) ? given[first] : undefined;
  const reason = reasonFor(first, value);
  const message = messageOf(issue?.message ?? 'not accepted by the schema');
  return first === undefined ? { reason, message } : { reason, field: path.join('.'), message };
}

/** Whether a plugin answered with a promise, which is refused; if it fails later, nobody is left to be told. */
function isPromise(value: object): value is PromiseLike<unknown> {
  if (!('then' in value) || typeof value.then !== 'function') return false;
  Promise.resolve(value).catch(() => undefined);
  return true;
}

function answerKind(value: unknown): string {
  return isObject(value) && isPromise(value) ? 'a promise' : kindOf(value);
}
