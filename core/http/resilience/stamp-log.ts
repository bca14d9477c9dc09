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
  return new RingLog(limit);
}

/** A class, as each window of each source has one: an object literal with accessors is a table of its own. */
class RingLog implements StampLog {
  readonly #limit: number;
  #stamps: Float64Array;
  #weights: Uint32Array;
  #head = 0;
  #count = 0;
  #size = 0;
  #dropped = 0;

  constructor(limit: number) {
    this.#limit = limit;
    this.#stamps = new Float64Array(Math.min(limit, 16));
    this.#weights = new Uint32Array(this.#stamps.length);
  }

  add(stamp: number, places = 1): number {
    if (this.#count === this.#stamps.length) this.#grow();
    const at = this.#at(this.#count);
    this.#stamps[at] = stamp;
    this.#weights[at] = places;
    this.#count += 1;
    this.#size += places;
    return this.#dropped + this.#count - 1;
  }

  move(entry: number, stamp: number, places?: number): number {
    const offset = entry - this.#dropped;
    if (offset < 0) return this.add(stamp, places);
    const at = this.#at(offset);
    this.#stamps[at] = Math.max(this.#stamps[at] ?? stamp, stamp);
    return entry;
  }

  get first(): number | undefined {
    return this.#count === 0 ? undefined : this.#stamps[this.#head];
  }

  dropFirst(): void {
    this.#size -= this.#weights[this.#head] ?? 0;
    this.#head = this.#at(1);
    this.#count -= 1;
    this.#dropped += 1;
  }

  get size(): number {
    return this.#size;
  }

  #at(offset: number): number {
    return (this.#head + offset) % this.#stamps.length;
  }

  #grow(): void {
    const length = Math.max(this.#count + 1, Math.min(this.#limit, this.#count * 2));
    this.#stamps = unrolled(this.#stamps, this.#head, new Float64Array(length));
    this.#weights = unrolled(this.#weights, this.#head, new Uint32Array(length));
    this.#head = 0;
  }
}

/** Copies a full ring into a larger one, so that it begins at its head. */
function unrolled<Ring extends Float64Array | Uint32Array>(ring: Ring, head: number, larger: Ring): Ring {
  larger.set(ring.subarray(head));
  larger.set(ring.subarray(0, head), ring.length - head);
  return larger;
}
