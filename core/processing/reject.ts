import { Buffer } from 'node:buffer';
import type { Reject, RejectReason } from '../contracts/batch.ts';

/** Bytes of the raw item that a reject keeps. */
const maxRawBytes = 64 * 1024;

/** What is wrong with one item, before it is tied to a place in a page. */
export interface ItemFault {
  readonly reason: RejectReason;
  readonly message: string;
  readonly field?: string;
  readonly broken?: NonNullable<Reject['broken']>;
}

/** Ties a fault to its item, and to the `part` of it. Never throws: an item that can't be printed is described. */
export function createReject(fault: ItemFault, index: number, item: unknown, part?: number): Reject {
  return { ...fault, index, ...(part !== undefined && { part }), ...rawJson(item) };
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

function rawJson(item: unknown): Pick<Reject, 'raw' | 'truncated'> {
  let raw: string | undefined;
  try {
    raw = printed(item);
  } catch {
    // Parsing copes with any depth of nesting, printing does not; and a plugin may have changed the item.
  }
  if (raw === undefined) return { raw: '"an item that can\'t be printed"', truncated: true };
  // No character takes more than three bytes for its one or two code units.
  if (raw.length * 3 <= maxRawBytes || Buffer.byteLength(raw) <= maxRawBytes) return { raw };
  // In a stream, half a character at the end is waited for: it is left out.
  const bytes = Buffer.from(raw.slice(0, maxRawBytes)).subarray(0, maxRawBytes);
  return { raw: new TextDecoder().decode(bytes, { stream: true }), truncated: true };
}

/** JSON has no text for what is no value: a function, or what an item's own `toJSON` leaves out. */
function printed(item: unknown): string | undefined {
  return JSON.stringify(item);
}
