/** Levels of lists and objects that an item may have: far more than records need, and far from what a stack holds. */
export const maxNesting = 100;

/** Whether a value has lists or objects nested more than `levels` deep. Takes no more levels of the stack than that. */
export function isNestedDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  const entries: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  for (const entry of entries) if (typeof entry === 'object' && isNestedDeeper(entry, levels - 1)) return true;
  return false;
}
