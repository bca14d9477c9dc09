import type { UnknownBody } from '../contracts/json.ts';
import { parseTotal } from '../pagination/total.ts';
import { isObject, kindOf } from '../unknown.ts';
import type { BodyFault } from './decode-body.ts';
import { messageOf } from './message-of.ts';
import type { Resource } from './resource.ts';

/** The list of items in a body, or what was found instead. */
export function readItems(body: unknown, source: Pick<Resource, 'items'>): readonly unknown[] | BodyFault {
  if (source.items === undefined) return readBareItems(body);
  let found: unknown;
  try {
    // Whatever was parsed is handed over: reading a key that is not there is what `items` has to live with.
    found = source.items(body as UnknownBody);
  } catch (error) {
    return unexpectedShape(`${describe(body)} (items() failed: ${messageOf(error)})`);
  }
  if (Array.isArray(found)) return found as readonly unknown[];
  return unexpectedShape(`${describe(found)} in ${describe(body)}`);
}

/** The items of a page of bare ones: the body itself. */
export function readBareItems(body: unknown): readonly unknown[] | BodyFault {
  return Array.isArray(body) ? body : unexpectedShape(describe(body));
}

/** What the body declares as the number of all items; undefined where it says nothing that can be used. */
export function readTotal(body: unknown, source: Pick<Resource, 'pagination'>): number | undefined {
  if (source.pagination.totalInBody === undefined) return undefined;
  try {
    return parseTotal(source.pagination.totalInBody(body as UnknownBody));
  } catch {
    return undefined;
  }
}

function unexpectedShape(found: string): BodyFault {
  return { ok: false, code: 'unexpected_shape', message: `expected a list of items, found ${found}` };
}

function describe(value: unknown): string {
  if (!isObject(value)) return kindOf(value);
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty object';
  const shown = keys.slice(0, 5).map((key) => key.slice(0, 40));
  return `an object with keys ${shown.join(', ')}${keys.length > shown.length ? ', …' : ''}`;
}
