/** From a raw item to all that becomes of it. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Model } from '../contracts/model.ts';
import { droppedFor, type NormalizeContext } from '../contracts/normalizer.ts';
import type { FlatStep } from '../normalizing/flat-steps.ts';
import { isObject, kindOf } from '../unknown.ts';
import { isPromise } from './check-fields.ts';
import { checkRaw } from './check-raw.ts';
import { type MadeRecord, makeRecord } from './make-record.ts';
import { messageOf } from './message-of.ts';
import { isNestedDeeper, maxNesting } from './nesting.ts';
import type { ItemFault } from './reject.ts';

/** Records that one item may become: each that is rejected keeps the item, so that they must not be without number. */
const mostParts = 1000;

/** Not wanted, and why. */
export interface DroppedPart {
  readonly dropped: string;
}

/** What became of an item, or of one record of it. */
export type Part = MadeRecord | ItemFault | DroppedPart;

export interface ItemTools {
  /** What items are held against before the first step; undefined: they are taken as they come. */
  readonly raw: StandardSchemaV1 | undefined;
  readonly steps: readonly FlatStep[];
  readonly model: Model;
  readonly context: NormalizeContext;
}

/**
 * Takes one raw item through all steps. Several parts come back where a step returned a list, and each of them goes on
 * alone. Throws `plugin_invalid` for a schema that answers with a promise.
 */
export function makeItem(item: unknown, tools: ItemTools): Part | readonly Part[] {
  const fault = itemFault(item);
  if (fault !== undefined) return fault;
  const checked = tools.raw === undefined ? { value: item } : checkRaw(item, tools.raw);
  if ('reason' in checked) return checked;
  const parts = advance(checked.value, 0, tools);
  if (!Array.isArray(parts) || parts.length <= mostParts) return parts;
  const message = `the item is split into more than ${mostParts} records`;
  return { reason: 'normalizer_failed', message };
}

function itemFault(item: unknown): ItemFault | undefined {
  if (!isObject(item)) return { reason: 'not_an_object', message: `an item is an object, not ${kindOf(item)}` };
  if (!isNestedDeeper(item, maxNesting)) return undefined;
  return { reason: 'nested_too_deep', message: `the item is nested more than ${maxNesting} levels deep` };
}

function advance(item: unknown, from: number, tools: ItemTools): Part | Part[] {
  const { steps, model, context } = tools;
  let value = item;
  for (let at = from; at < steps.length; at++) {
    let list: readonly unknown[] | undefined;
    try {
      const answer: unknown = steps[at]?.(value as never, context);
      if (Array.isArray(answer)) list = [...(answer as readonly unknown[])];
      else value = answer;
    } catch (error) {
      return { reason: 'normalizer_failed', message: messageOf(error) };
    }
    if (list !== undefined) return split(list, at + 1, tools);
    const end = ending(value);
    if (end !== undefined) return end;
  }
  return makeRecord(value as Readonly<Record<string, unknown>>, model, context);
}

/** Takes each value of a list through the steps that are left. */
function split(values: readonly unknown[], from: number, tools: ItemTools): Part | Part[] {
  if (values.length === 0) return { dropped: 'an empty list' };
  const parts: Part[] = [];
  for (const value of values) {
    const more = ending(value) ?? advance(value, from, tools);
    if (Array.isArray(more)) parts.push(...more);
    else parts.push(more);
    // One too many says enough, whatever else would come.
    if (parts.length > mostParts) break;
  }
  return parts;
}

/** Why a value that a step returned goes no further, if it does not. */
function ending(value: unknown): ItemFault | DroppedPart | undefined {
  const reason = 'normalizer_failed';
  try {
    if (!isObject(value) || isPromise(value)) {
      const found = isPromise(value) ? 'a promise' : kindOf(value);
      return { reason, message: `a normalizer returns an object, several in a list, or drop(…), not ${found}` };
    }
    // A key that no JSON can have: nothing that an upstream sends looks like this.
    const dropped: unknown = Reflect.get(value, droppedFor);
    if (dropped === undefined) return undefined;
    return typeof dropped === 'string' ? { dropped } : { reason, message: 'drop(…) needs a text as reason' };
  } catch (error) {
    return { reason, message: messageOf(error) };
  }
}
