/** The times of the latest sends, oldest first: the memory of the sliding-log limiter. */
export interface StampLog {
  /** Adds a send at the end and returns its number, by which it can be moved. */
  add(stamp: number): number;
  /** Moves send `entry` to a later time; one that was dropped already comes back as a new one. Returns its number. */
  move(entry: number, stamp: number): number;
  /**
   * Time of the send that was added first, undefined where there is none. A send moved since may be later than those
   * behind it, which then wait for it: that errs on the safe side.
   */
  readonly first: number | undefined;
  dropFirst(): void;
  readonly size: number;
}

/** Builds a log for about `limit` sends: a ring buffer that grows as it fills, since a limit may be ten million. */
export function createStampLog(limit: number): StampLog {
  let ring = new Float64Array(Math.min(limit, 16));
  let head = 0;
  let size = 0;
  let dropped = 0;

  const at = (offset: number): number => (head + offset) % ring.length;

  function grow(): void {
    const larger = new Float64Array(Math.max(size + 1, Math.min(limit, size * 2)));
    larger.set(ring.subarray(head));
    larger.set(ring.subarray(0, head), ring.length - head);
    ring = larger;
    head = 0;
  }

  function add(stamp: number): number {
    if (size === ring.length) grow();
    ring[at(size)] = stamp;
    size += 1;
    return dropped + size - 1;
  }

  return {
    add,
    move(entry, stamp) {
      const offset = entry - dropped;
      if (offset < 0) return add(stamp);
      ring[at(offset)] = Math.max(ring[at(offset)] ?? stamp, stamp);
      return entry;
    },
    get first() {
      return size === 0 ? undefined : ring[head];
    },
    dropFirst() {
      head = at(1);
      size -= 1;
      dropped += 1;
    },
    get size() {
      return size;
    },
  };
}
