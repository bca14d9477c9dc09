import type { RejectGroup } from '../contracts/journal.ts';
import { isObject } from '../unknown.ts';

/** What a line of the dead letters is about. */
export type Letter =
  | { readonly kind: 'page' }
  /** A whole item, which can be tried again: the group that it was counted in, and itself as JSON. */
  | { readonly kind: 'item'; readonly source: string; readonly group: RejectGroup; readonly raw: string }
  /** An item that was cut, or a line that this program did not write: there is nothing to be made of it. */
  | { readonly kind: 'rest' };

const rest: Letter = { kind: 'rest' };

/** Reads a line of the dead letters; never throws, for anybody may have had their hands in the file. */
export function parseLetter(line: string): Letter {
  const letter = parsed(line);
  if (!isObject(letter)) return rest;
  const { kind, source, raw, reason, index, field } = letter;
  if (kind === 'page') return { kind };
  if (kind !== 'record' || typeof source !== 'string' || raw === undefined || typeof reason !== 'string') return rest;
  const example = { at: 0, key: '', index: Number(index), message: '' };
  const place = typeof field === 'string' ? { field: field.replaceAll(/\d+/g, '*') } : {};
  const group = { reason: reason as RejectGroup['reason'], ...place, count: 1, first: example, last: example };
  return { kind: 'item', source, group, raw: JSON.stringify(raw) };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
