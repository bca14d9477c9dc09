import type { JsonObject, JsonValue } from '../contracts/json.ts';
import type { PageRequest } from '../contracts/page.ts';
import type { Vault } from './vault.ts';

/** Takes the secrets out of a request before it is kept, and puts them back. */
export interface RequestVault {
  readonly hide: (request: PageRequest) => PageRequest;
  readonly show: (request: PageRequest) => PageRequest;
}

/** A vault for every text in a request. */
export function requestVault(vault: Vault): RequestVault {
  return {
    hide: (request) => changeTexts(request, vault.hide),
    show: (request) => changeTexts(request, vault.show),
  };
}

function changeTexts(request: PageRequest, change: (text: string) => string): PageRequest {
  const { key, url, method, headers, body, state } = request;
  return {
    key: change(key),
    url: change(url),
    ...(method !== undefined && { method }),
    ...(headers !== undefined && { headers: mapValues(headers, change) }),
    ...(body !== undefined && { body: change(body) }),
    ...(state !== undefined && { state: changeObject(state, change) }),
  };
}

function changeObject(object: JsonObject, change: (text: string) => string): JsonObject {
  return mapValues(object, (value) => changeValue(value, change));
}

function changeValue(value: JsonValue, change: (text: string) => string): JsonValue {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((entry: JsonValue) => changeValue(entry, change));
  if (typeof value === 'object' && value !== null) return changeObject(value as JsonObject, change);
  return value;
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
