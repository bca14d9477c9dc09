import type { JsonObject, JsonValue } from '../contracts/json.ts';
import type { ListingOptions } from './options.ts';
import type { PageRequestOptions, Query } from './page-request.ts';

/** What a pager sets itself, by the name of the parameter. */
export type PagerParams = Readonly<Record<string, JsonValue>>;

/**
 * One request of a listing, with the pager's own parameters where they belong: in the query, or in the JSON body of a
 * listing that is asked for by POST, where `a.b` stands in the object `a`.
 */
export function listingRequest({ path, query = {}, body }: ListingOptions, params: PagerParams): PageRequestOptions {
  if (body === undefined) return { path, query: { ...query, ...(params as Query) } };
  const whole = Object.entries(params).reduce((into, [name, value]) => setIn(into, name.split('.'), value), body);
  return { path, query, body: JSON.stringify(whole), headers: { 'content-type': 'application/json' } };
}

/** Whether a listing has a value of its own where a pager is to set a parameter. */
export function isTaken({ query = {}, body }: ListingOptions, param: string): boolean {
  if (body === undefined) return Object.hasOwn(query, param);
  let found: JsonValue | undefined = body;
  for (const name of param.split('.')) found = memberOf(found, name);
  return found !== undefined;
}

/** Whether a parameter `a.b` can be put into the body: `a` is an object there, or is not there yet. */
export function hasPlace({ body }: ListingOptions, param: string): boolean {
  let found: JsonValue | undefined = body;
  for (const name of param.split('.')) {
    if (found !== undefined && !isJsonObject(found)) return false;
    found = memberOf(found, name);
  }
  return true;
}

function setIn(object: JsonObject, path: readonly string[], value: JsonValue): JsonObject {
  const [name = '', ...rest] = path;
  if (rest.length === 0) return { ...object, [name]: value };
  const inner = memberOf(object, name);
  // Checked where the pager was made: it is an object, or nothing.
  return { ...object, [name]: setIn(isJsonObject(inner) ? inner : {}, rest, value) };
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
