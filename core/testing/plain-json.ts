import { kindOf } from '../unknown.ts';

/**
 * Where in a value something stands that JSON does not bring back as it was, and what: `state.seen is a Map`; undefined
 * for plain JSON. What is undefined is left out, which does no harm.
 */
export function notPlainJson(value: unknown, path: string): string | undefined {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean')
    return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}`;
  if (typeof value !== 'object') return `${path} is ${kindOf(value)}`;
  if (Array.isArray(value)) return firstOf(value.map((entry, index) => [`${path}[${index}]`, entry]));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    // One of another realm is as plain.
    const name: unknown = Reflect.get(Object(prototype), 'constructor');
    if (typeof name !== 'function' || name.name !== 'Object')
      return `${path} is a ${typeof name === 'function' ? name.name : 'class instance'}`;
  }
  return firstOf(Object.entries(value).map(([key, entry]) => [path === '' ? key : `${path}.${key}`, entry]));
}

function firstOf(entries: readonly (readonly [path: string, value: unknown])[]): string | undefined {
  for (const [path, value] of entries) {
    const found = notPlainJson(value, path);
    if (found !== undefined) return found;
  }
  return undefined;
}
