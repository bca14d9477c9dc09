import type { RejectGroup } from '../contracts/journal.ts';
import type { JsonValue } from '../contracts/json.ts';
import { isObject } from '../unknown.ts';
import { changeTexts } from './change-texts.ts';

/** What a line of the dead letters is about. */
export type Letter =
  | { readonly kind: 'page' }
  /** A whole item, which can be tried again: the group that it was counted in, and itself as JSON. */
  | { readonly kind: 'item'; readonly source: string; readonly group: RejectGroup; readonly raw: string }
  /** An item that was cut, or a line that this program did not write: there is nothing to be made of it. */
  | { readonly kind: 'rest' };

const rest: Letter = { kind: 'rest' };

/**
 * Reads a line of the dead letters, whatever it holds: anybody may have had their hands in the file. `show` puts the
 * secrets back into the item; only what it throws is thrown.
 */
export function parseLetter(line: string, show: (text: string) => string = (text) => text): Letter {
  const letter = parsed(line);
  if (!isObject(letter)) return rest;
  const { kind, source, raw, reason, index, field, message } = letter;
  if (kind === 'page') return { kind };
  if (kind !== 'record' || typeof source !== 'string' || raw === undefined || typeof reason !== 'string') return rest;
  const example = { at: 0, key: '', index: Number(index), message: typeof message === 'string' ? message : '' };
  const place = typeof field === 'string' ? { field } : {};
  const group = { reason: reason as RejectGroup['reason'], ...place, count: 1, first: example, last: example };
  return { kind: 'item', source, group, raw: JSON.stringify(changeTexts(raw as JsonValue, show)) };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
