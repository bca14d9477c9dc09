/**
 * The same plain data without secrets in any text: names and values come from an upstream, who may send back what it was
 * sent. `mask` takes them out of a text.
 */
export function masked<Value>(value: Value, mask: (text: string) => string): Value;
export function masked(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map((each: unknown) => masked(each, mask));
  if (typeof value !== 'object' || value === null) return value;
  // Defines each key, `__proto__` too, as a property of its own.
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [mask(key), masked<unknown>(each, mask)]));
}
