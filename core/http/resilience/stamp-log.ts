/** The times of the latest sends, oldest first: the memory of one window of the sliding-log limiter. */
export interface StampLog {
  /** Adds a send that takes `places` (default 1) at the end and returns its number, by which it can be moved. */
  add(stamp: number, places?: number): number;
  /**
   * Moves send `entry` to a later time; one that was dropped already comes back as a new one, of `places` (default 1).
   * Returns its number.
   */
  move(entry: number, stamp: number, places?: number): number;
  /**
   * Time of the send that was added first, undefined where there is none. A send moved since may be later than those
   * behind it, which then wait for it: that errs on the safe side.
   */
  readonly first: number | undefined;
  dropFirst(): void;
  /** Places that its sends take. */
  readonly size: number;
}

/** Builds a log for about `limit` sends: a ring buffer that grows as it fills, since a limit may be ten million. */
export function createStampLog(limit: number): StampLog {
  let stamps = new Float64Array(Math.min(limit, 16));
  let weights = new Uint32Array(stamps.length);
  let head = 0;
  let count = 0;
  let size = 0;
  let dropped = 0;

  const at = (offset: number): number => (head + offset) % stamps.length;

  function grow(): void {
    const length = Math.max(count + 1, Math.min(limit, count * 2));
    stamps = unrolled(stamps, head, new Float64Array(length));
    weights = unrolled(weights, head, new Uint32Array(length));
    head = 0;
  }

  function add(stamp: number, places = 1): number {
    if (count === stamps.length) grow();
    stamps[at(count)] = stamp;
    weights[at(count)] = places;
    count += 1;
    size += places;
    return dropped + count - 1;
  }

  return {
    add,
    move(entry, stamp, places) {
      const offset = entry - dropped;
      if (offset < 0) return add(stamp, places);
      stamps[at(offset)] = Math.max(stamps[at(offset)] ?? stamp, stamp);
      return entry;
    },
    get first() {
      return count === 0 ? undefined : stamps[head];
    },
    dropFirst() {
      size -= weights[head] ?? 0;
      head = at(1);
      count -= 1;
      dropped += 1;
    },
    get size() {
      return size;
    },
  };
}

/** Copies a full ring into a larger one, so that it begins at its head. */
function unrolled<Ring extends Float64Array | Uint32Array>(ring: Ring, head: number, larger: Ring): Ring {
  larger.set(ring.subarray(head));
  larger.set(ring.subarray(0, head), ring.length - head);
  return larger;
}
