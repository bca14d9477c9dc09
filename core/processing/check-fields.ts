import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Model } from '../contracts/model.ts';
import { SluiceError } from '../errors.ts';
import { isObject, kindOf } from '../unknown.ts';
import { messageOf } from './message-of.ts';
import { reasonFor, type ItemFault } from './reject.ts';

/** What a model's schema made of a record's fields. */
export interface CheckedFields {
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Has a model's schema check and shape what a normalizer returned. Throws `plugin_invalid` for a schema that answers
 * with a promise: that is wrong for every item, whatever it holds.
 */
export function checkFields(given: Readonly<Record<string, unknown>>, model: Model): CheckedFields | ItemFault {
  try {
    const answer = askAtOnce(model.schema, given);
    if (answer !== undefined) return readAnswer(answer.given, given);
  } catch (error) {
    return { reason: 'invalid_field', message: messageOf(error) };
  }
  throw new SluiceError('plugin_invalid', `the schema of the model "${model.name}" answers with a promise`);
}

/** What a schema answers at once, unchecked; undefined where it wants to be waited for. Throws what the schema throws. */
export function askAtOnce(schema: StandardSchemaV1, value: unknown): { readonly given: unknown } | undefined {
  const answer: unknown = schema['~standard'].validate(value);
  if (!isPromise(answer)) return { given: answer };
  const atOnce = answerAtOnce(value, schema);
  return atOnce === undefined ? undefined : { given: atOnce };
}

/** Whether a plugin answered with a promise, which is refused; if it fails later, nobody is left to be told. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  if (!isObject(value) || typeof value['then'] !== 'function') return false;
  Promise.resolve(value).catch(() => undefined);
  return true;
}

function readAnswer(answer: unknown, given: Readonly<Record<string, unknown>>): CheckedFields | ItemFault {
  if (!isObject(answer)) return { reason: 'invalid_field', message: `the schema answers with ${kindOf(answer)}` };
  if (answer['issues']) return schemaFault(answer['issues'] as readonly StandardSchemaV1.Issue[], given);
  const { value } = answer;
  if (isObject(value)) return { fields: value };
  return { reason: 'invalid_field', message: `the schema makes ${kindOf(value)} of the record, not an object` };
}

/**
 * Asks once more, for an answer at once; undefined where there is none. zod falls back to promises when a transform or
 * a check throws, and what was thrown there is the fault of this record alone: its `safeParse` throws it.
 */
function answerAtOnce(given: unknown, schema: StandardSchemaV1): unknown {
  const safeParse: unknown = Reflect.get(schema, 'safeParse');
  if (schema['~standard'].vendor !== 'zod' || typeof safeParse !== 'function') return undefined;
  let parsed: unknown;
  try {
    // Compiled, an object with an asynchronous transform would trip over the promise instead of naming it.
    parsed = Reflect.apply(safeParse, schema, [given, { jitless: true }]);
  } catch (error) {
    // "Encountered Promise during synchronous parse" in zod 4, "… encountered during synchronous parse" in zod 3.
    if (/encountered.+synchronous parse/i.test(messageOf(error))) return undefined;
    throw error;
  }
  if (!isObject(parsed)) return undefined;
  return parsed['success'] === true ? { value: parsed['data'] } : parsed['error'];
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
