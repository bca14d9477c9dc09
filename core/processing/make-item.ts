/** From a raw item to all that becomes of it. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Model } from '../contracts/model.ts';
import { droppedFor, type NormalizeContext } from '../contracts/normalizer.ts';
import type { FlatStep } from '../normalizing/flat-steps.ts';
import type { RecordChecks } from '../quality/record-checks.ts';
import { isObject, kindOf } from '../unknown.ts';
import { isPromise } from './check-fields.ts';
import { checkRaw } from './check-raw.ts';
import { type MadeRecord, makeRecord } from './make-record.ts';
import { messageOf } from './message-of.ts';
import { isNestedDeeper, maxNesting } from './nesting.ts';
import type { ItemFault } from './reject.ts';

/** Records that one item may become: each that is rejected keeps the item, so that they must not be without number. */
export const mostParts = 1000;

/** Not wanted, and why. */
export interface DroppedPart {
  readonly dropped: string;
}

/** What became of an item, or of one record of it. */
export type Part = MadeRecord | ItemFault | DroppedPart;

/** A value that has come to an enricher: the step at `at` of the item's. */
export interface WaitingPart {
  readonly waiting: unknown;
  readonly at: number;
}

export interface ItemTools {
  /** What items are held against before the first step; undefined: they are taken as they come. */
  readonly raw: StandardSchemaV1 | undefined;
  readonly steps: readonly FlatStep[];
  readonly model: Model;
  readonly context: NormalizeContext;
  /** Default: records are held against nothing but the model. */
  readonly checks?: RecordChecks | undefined;
}

/**
 * Takes one raw item through its steps, up to an enricher. Several parts come back where a step returned a list, and each
 * of them goes on alone. Throws `plugin_invalid` for a schema that answers with a promise.
 */
export function beginItem(item: unknown, tools: ItemTools): PartOrWaiting | readonly PartOrWaiting[] {
  const fault = itemFault(item);
  if (fault !== undefined) return fault;
  const checked = tools.raw === undefined ? { value: item } : checkRaw(item, tools.raw);
  if ('reason' in checked) return checked;
  return bounded(advance(checked.value, 0, tools));
}

/** Takes what an enricher returned through the steps behind it. */
export function goOn(answer: unknown, at: number, tools: ItemTools): PartOrWaiting | readonly PartOrWaiting[] {
  if (Array.isArray(answer)) return bounded(split(answer, at + 1, tools));
  return ending(answer) ?? bounded(advance(answer, at + 1, tools));
}

/** An item whose steps do not wait: see `beginItem`. */
export function makeItem(item: unknown, tools: ItemTools): Part | readonly Part[] {
  // Without an enricher among the steps, nothing comes to one.
  return beginItem(item, tools) as Part | readonly Part[];
}

/** One part, or one that is on its way. */
export type PartOrWaiting = Part | WaitingPart;

function bounded(parts: PartOrWaiting | PartOrWaiting[]): PartOrWaiting | readonly PartOrWaiting[] {
  return Array.isArray(parts) && parts.length > mostParts ? tooMany : parts;
}

/** What becomes of an item that is split without measure. */
export const tooMany: ItemFault = {
  reason: 'normalizer_failed',
  message: `the item is split into more than ${mostParts} records`,
};

function itemFault(item: unknown): ItemFault | undefined {
  if (!isObject(item)) return { reason: 'not_an_object', message: `an item is an object, not ${kindOf(item)}` };
  if (!isNestedDeeper(item, maxNesting)) return undefined;
  return { reason: 'nested_too_deep', message: `the item is nested more than ${maxNesting} levels deep` };
}

function advance(item: unknown, from: number, tools: ItemTools): PartOrWaiting | PartOrWaiting[] {
  const { steps, model, context, checks } = tools;
  let value = item;
  for (let at = from; at < steps.length; at++) {
    let list: readonly unknown[] | undefined;
    const step = steps[at];
    if (typeof step !== 'function') return { waiting: value, at };
    try {
      const answer: unknown = step(value as never, context);
      if (Array.isArray(answer)) list = [...(answer as readonly unknown[])];
      else value = answer;
    } catch (error) {
      return { reason: 'normalizer_failed', message: messageOf(error) };
    }
    if (list !== undefined) return split(list, at + 1, tools);
    const end = ending(value);
    if (end !== undefined) return end;
  }
  return makeRecord(value as Readonly<Record<string, unknown>>, model, context, checks);
}

/** Takes each value of a list through the steps that are left. */
function split(values: readonly unknown[], from: number, tools: ItemTools): PartOrWaiting | PartOrWaiting[] {
  if (values.length === 0) return { dropped: 'an empty list' };
  const parts: PartOrWaiting[] = [];
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
