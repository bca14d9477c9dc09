/** Counting what was dropped by reason. A reason names a kind: where one is made of an item's data, there is no end of them. */

/** Reasons that are counted apart; what comes with others is counted together. */
const mostReasons = 50;

/** Characters of a reason that are kept. */
const maxLength = 200;

/** Under this all further reasons are counted. */
const otherReasons = '(other reasons)';

/** Adds `count` to what was dropped for `reason`. */
export function countDrop(drops: Map<string, number>, reason: string, count: number): void {
  const named = reason.length > maxLength ? `${reason.slice(0, maxLength - 1)}…` : reason;
  const kept = drops.has(named) || drops.size < mostReasons ? named : otherReasons;
  drops.set(kept, (drops.get(kept) ?? 0) + count);
}

/** Adds `from` to `into`. Only where there are more reasons than are counted apart does the order matter, and then only for which these are. */
export function mergeDrops(into: Map<string, number>, from: ReadonlyMap<string, number>): void {
  for (const [reason, count] of from) countDrop(into, reason, count);
}

/** How many were dropped, whatever for. */
export function countOfDrops(drops: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of drops.values()) sum += count;
  return sum;
}
