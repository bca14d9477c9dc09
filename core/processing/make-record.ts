import { Buffer } from 'node:buffer';
import type { Model } from '../contracts/model.ts';
import type { NormalizeContext } from '../contracts/normalizer.ts';
import type { CategoryFound, Harmonised } from '../quality/categories.ts';
import type { BrokenRule, RecordChecks } from '../quality/record-checks.ts';
import { checkFields } from './check-fields.ts';
import { messageOf } from './message-of.ts';
import type { ItemFault } from './reject.ts';
import { sourceId } from './source-id.ts';
import { lineWriterOf } from './write-line.ts';

/** Bytes that the line of one record may have. */
const maxRecordBytes = 1024 * 1024;

/** A record, ready to be written. */
export interface MadeRecord {
  readonly id: string;
  readonly line: string;
  /** What the model's schema returned: the metrics measure this. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Its category as it came, where the config maps categories. */
  readonly category?: CategoryFound;
  /** Rules on quality that it broke and that let it pass. */
  readonly broken?: readonly BrokenRule[];
  /** What tells records with equal values, for each of the source's keys. */
  readonly keys?: readonly (string | undefined)[];
}

/**
 * Turns what the last step of a normalizer returned into a record, or says what is wrong with it. Throws
 * `plugin_invalid` for a schema that answers with a promise: that is wrong for every item, whatever it holds.
 */
export function makeRecord(
  normalized: Readonly<Record<string, unknown>>,
  model: Model,
  context: NormalizeContext,
  checks?: RecordChecks,
): MadeRecord | ItemFault {
  let rawId: unknown;
  let given: Record<string, unknown>;
  try {
    // Spread defines the keys of the item as they are, `__proto__` too: nothing is assigned by a name from outside.
    // It also asks all getters, which may throw.
    ({ id: rawId, ...given } = normalized);
  } catch (error) {
    return { reason: 'normalizer_failed', message: messageOf(error) };
  }

  const ownId = sourceId(rawId);
  if (typeof ownId !== 'string') return ownId;
  // The ids of a dependent resource may well be those of its parents.
  const id = context.child === undefined ? ownId : `${context.child}/${ownId}`;
  for (const field of model.optional ?? []) if (given[field] === undefined) given[field] = null;
  const checked = checkFields(given, model);
  if ('reason' in checked) return checked;
  if (checks === undefined) return encode(id, checked.fields, model, context);
  const { fields, found } = harmonised(checked.fields, checks);
  const made = encode(id, fields, model, context);
  if ('reason' in made) return made;
  // Rules are about what is written.
  return held(found === undefined ? made : { ...made, category: found }, checks, context);
}

/** A field that can't be read is for `encode` to tell. */
function harmonised(fields: Readonly<Record<string, unknown>>, { harmonise }: RecordChecks): Harmonised {
  try {
    return harmonise?.(fields) ?? { fields };
  } catch {
    return { fields };
  }
}

/** A record held against the rules of its source. */
function held(made: MadeRecord, checks: RecordChecks, { processedAt }: NormalizeContext): MadeRecord | ItemFault {
  try {
    const { rejected, ...judgement } = checks.judge(made.fields, processedAt);
    if (rejected === undefined) return { ...made, ...judgement };
    const { rule, field, message } = rejected;
    return { reason: 'quality', field, message, broken: { rule, record: made.id } };
  } catch (error) {
    // A field may be asked of a getter of the schema's.
    return { reason: 'invalid_field', message: messageOf(error) };
  }
}

function encode(
  source_id: string,
  fields: Readonly<Record<string, unknown>>,
  model: Model,
  { source, processedAt: processed_at }: NormalizeContext,
): MadeRecord | ItemFault {
  const id = `${source}:${source_id}`;
  let line: string;
  try {
    line = lineWriterOf(model)({ id, source, source_id, processed_at }, fields);
  } catch (error) {
    return { reason: 'invalid_field', message: `the record can't be written as JSON: ${messageOf(error)}` };
  }
  // No character takes more than three bytes for its one or two code units.
  if (line.length * 3 > maxRecordBytes && Buffer.byteLength(line) > maxRecordBytes)
    return { reason: 'record_too_large', message: `a record of ${Buffer.byteLength(line)} bytes, of 1 MiB allowed` };
  return { id, line, fields };
}
