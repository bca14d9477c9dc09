/** Levels of lists and objects that an item may have: far more than records need, and far from what a stack holds. */
export const maxNesting = 100;

/**
 * Whether an object has lists or objects nested more than `levels` deep, itself included. Takes no more levels of the
 * stack than that. Every item is asked, so it allocates nothing: `Object.values` would take twice the time.
 */
export function isNestedDeeper(value: object, levels: number): boolean {
  if (levels === 0) return true;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const entry: unknown = value[index];
      if (typeof entry === 'object' && entry !== null && isNestedDeeper(entry, levels - 1)) return true;
    }
    return false;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  for (const key in fields) {
    const entry = fields[key];
    if (typeof entry === 'object' && entry !== null && isNestedDeeper(entry, levels - 1)) return true;
  }
  return false;
}
