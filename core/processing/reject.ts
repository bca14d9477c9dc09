import type { Reject, RejectReason } from '../contracts/batch.ts';
import { messageOf } from './message-of.ts';

/** Characters of the raw item that a reject keeps. */
const maxRawLength = 64 * 1024;

/** What is wrong with one item, before it is tied to a place in a page. */
export interface ItemFault {
  readonly reason: RejectReason;
  readonly message: string;
  readonly field?: string;
}

/** Ties a fault to its item. Never throws: an item that can't be printed is described. */
export function createReject(fault: ItemFault, index: number, item: unknown): Reject {
  return { ...fault, index, raw: rawJson(item) };
}

/**
 * The reason for a field that the model's schema does not accept. Title and price have reasons of their own,
 * whatever the model; `value` is what the field held, undefined where it was left out.
 */
export function reasonFor(field: string | undefined, value: unknown): RejectReason {
  if (field === 'price') return 'invalid_price';
  const absent = value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
  return field === 'title' && absent ? 'missing_title' : 'invalid_field';
}

function rawJson(item: unknown): string {
  try {
    return JSON.stringify(item).slice(0, maxRawLength);
  } catch (error) {
    // Parsing copes with any depth of nesting, printing does not.
    return JSON.stringify(`an item that can't be printed: ${messageOf(error)}`);
  }
}
