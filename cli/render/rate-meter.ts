const slots = 10;
const slotMs = 1_000;

/** Counts what happened in the last ten seconds, so that a rate shows what is going on now. */
export interface RateMeter {
  /** `count` happenings at once; default 1. */
  add(at: number, count?: number): void;
  /** Happenings a second; 0 before the first. */
  perSecond(now: number): number;
}

/**
 * Times are milliseconds of any clock that does not go back. Only whole seconds since the first happening count, so
 * that bursts of five every second read as 5, whenever one looks; in the very first second, what there is so far.
 */
export function createRateMeter(): RateMeter {
  // One more than are summed up: the one that is being filled.
  const counts = Array.from({ length: slots + 1 }, () => 0);
  let first: number | undefined;
  let current = 0;

  /** Empties the slots that time has gone through since the last call. */
  function moveTo(at: number): void {
    const slot = Math.max(current, Math.floor((at - (first ?? at)) / slotMs));
    for (let stale = Math.max(current + 1, slot - slots); stale <= slot; stale++) counts[stale % counts.length] = 0;
    current = slot;
  }

  return {
    add(at, count = 1) {
      first ??= at;
      moveTo(at);
      const index = current % counts.length;
      counts[index] = (counts[index] ?? 0) + count;
    },
    perSecond(now) {
      if (first === undefined) return 0;
      moveTo(now);
      const filling = counts[current % counts.length] ?? 0;
      if (current === 0) return filling;
      const sum = counts.reduce((total, count) => total + count, -filling);
      return (sum * 1_000) / (Math.min(slots, current) * slotMs);
    },
  };
}
