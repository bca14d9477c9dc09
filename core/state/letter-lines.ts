import type { ChildOf } from '../contracts/child.ts';
import type { RejectedItem, RejectGroup } from '../contracts/journal.ts';
import type { JsonObject, JsonValue } from '../contracts/json.ts';
import { isObject } from '../unknown.ts';
import { changeTexts } from './change-texts.ts';

/** What a line of the dead letters is about. */
export type Letter =
  | { readonly kind: 'page' }
  /** A whole item, which can be tried again, and the group that it was counted in. */
  | ({
      readonly kind: 'item';
      readonly source: string;
      readonly group: RejectGroup;
      /** Which of the item's records it is about; undefined where it was not split. */
      readonly part: number | undefined;
      /** The rule on quality that rejected it; undefined for another reason. */
      readonly rule: string | undefined;
    } & RejectedItem)
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
  const { kind, source, raw, reason, page, index, part, field, message, rule } = letter;
  if (kind === 'page') return { kind };
  if (kind !== 'record' || typeof source !== 'string' || raw === undefined || typeof reason !== 'string') return rest;
  const example = {
    at: 0,
    key: typeof page === 'string' ? page : '',
    index: Number(index),
    message: typeof message === 'string' ? message : '',
  };
  const place = typeof field === 'string' ? { field } : {};
  const group = { reason: reason as RejectGroup['reason'], ...place, count: 1, first: example, last: example };
  const own = typeof part === 'number' ? part : undefined;
  const child = childOf(letter['child'], show);
  const shown = JSON.stringify(changeTexts(raw as JsonValue, show));
  const broken = typeof rule === 'string' ? rule : undefined;
  return { kind: 'item', source, group, raw: shown, part: own, rule: broken, ...(child !== undefined && { child }) };
}

/** Whether a letter is about another record of the very item that the letter before it is about. */
export function isSameItem(letter: Letter, before: Letter | undefined): boolean {
  if (letter.kind !== 'item' || before?.kind !== 'item') return false;
  const [{ first: at }, { first: previous }] = [letter.group, before.group];
  return (
    letter.source === before.source &&
    at.key === previous.key &&
    at.index === previous.index &&
    letter.raw === before.raw &&
    (letter.part ?? 0) > (before.part ?? Infinity)
  );
}

/** The dependent listing that an item came from, as it was written with the letter. */
function childOf(written: unknown, show: (text: string) => string): ChildOf | undefined {
  if (!isObject(written) || typeof written['name'] !== 'string' || !isObject(written['parent'])) return undefined;
  return { name: written['name'], parent: changeTexts(written['parent'] as JsonObject, show) as JsonObject };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
