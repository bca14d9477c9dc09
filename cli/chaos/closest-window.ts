/** When a request arrived, in milliseconds: somewhere between the two, as far as the server can tell. */
export interface Arrival {
  readonly earliest: number;
  readonly latest: number;
}

/**
 * The shortest time within which more than `requests` arrivals lie beyond doubt, wherever it begins: from the earliest
 * that the first can have come to the latest that the last can have. Undefined where there are not as many. A limit
 * holds in every window if this is no shorter than one.
 */
export function closestWindow(arrivals: readonly Arrival[], requests: number): number | undefined {
  let closest: number | undefined;
  /** Of all that came at or after the arrival in hand, in order. */
  const later: number[] = [];
  for (const { earliest, latest } of arrivals.toSorted((a, b) => b.earliest - a.earliest)) {
    later.splice(placeOf(latest, later), 0, latest);
    const last = later[requests];
    if (last !== undefined) closest = Math.min(closest ?? Infinity, last - earliest);
  }
  return closest;
}

/** Where a number goes in a list that is in order. */
function placeOf(value: number, list: readonly number[]): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
