import type { Clock } from '../../contracts/clock.ts';

/** Counts what happened in the last while, in memory that does not grow with the count. */
export interface BucketedWindow {
  /** Counts one; the returned function takes it back, as long as it still counts. */
  add(): () => void;
  /** How many still count. */
  total(): number;
  /** Milliseconds until the oldest of them stop to count; undefined where there is none. */
  expiresIn(): number | undefined;
  clear(): void;
}

/** Pieces of a window: what it counts leaves up to a sixtieth of the window late, never early. */
const bucketsPerWindow = 60;

interface Bucket {
  readonly number: number;
  count: number;
}

/** Builds a window over the last `windowMs` milliseconds. */
export function createBucketedWindow(options: { windowMs: number; clock: Clock }): BucketedWindow {
  return new Buckets(options);
}

/** A class, as a source has four: closures for each would take a KB more. */
class Buckets implements BucketedWindow {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #bucketMs: number;
  // At most one more than `bucketsPerWindow`, oldest first; empty stretches of time have none.
  #buckets: Bucket[] = [];

  constructor({ windowMs, clock }: { windowMs: number; clock: Clock }) {
    this.#clock = clock;
    this.#windowMs = windowMs;
    this.#bucketMs = windowMs / bucketsPerWindow;
  }

  add(): () => void {
    const number = Math.floor(this.#clock.now() / this.#bucketMs);
    let bucket = this.#buckets.at(-1);
    if (bucket?.number !== number) {
      bucket = { number, count: 0 };
      // Those that have left the window go now: within a bucket's time there is nothing to look for.
      this.#current().push(bucket);
    }
    const counting = bucket;
    counting.count += 1;
    let counted = true;
    return () => {
      if (counted) counting.count -= 1;
      counted = false;
    };
  }

  total(): number {
    return this.#current().reduce((sum, { count }) => sum + count, 0);
  }

  expiresIn(): number | undefined {
    const oldest = this.#current().find(({ count }) => count > 0);
    return oldest === undefined ? undefined : this.#endOf(oldest) - this.#clock.now();
  }

  clear(): void {
    this.#buckets = [];
  }

  /** The end of a bucket's time in the window: once even its latest possible moment lies outside. */
  #endOf(bucket: Bucket): number {
    return (bucket.number + 1) * this.#bucketMs + this.#windowMs;
  }

  #current(): Bucket[] {
    const now = this.#clock.now();
    const live = this.#buckets.findIndex((bucket) => this.#endOf(bucket) > now);
    if (live !== 0) this.#buckets = live === -1 ? [] : this.#buckets.slice(live);
    return this.#buckets;
  }
}
