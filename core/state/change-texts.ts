import type { JsonValue } from '../contracts/json.ts';

/** Changes every text in a value, names included. */
export function changeTexts(value: JsonValue, change: (text: string) => string): JsonValue {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((entry: JsonValue) => changeTexts(entry, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [change(name), changeTexts(entry, change)]));
}
