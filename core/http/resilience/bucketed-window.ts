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
export function createBucketedWindow({ windowMs, clock }: { windowMs: number; clock: Clock }): BucketedWindow {
  const bucketMs = windowMs / bucketsPerWindow;
  // At most one more than `bucketsPerWindow`, oldest first; empty stretches of time have none.
  let buckets: Bucket[] = [];

  /** The end of a bucket's time in the window: once even its latest possible moment lies outside. */
  const endOf = (bucket: Bucket): number => (bucket.number + 1) * bucketMs + windowMs;

  function current(): Bucket[] {
    const now = clock.now();
    const live = buckets.findIndex((bucket) => endOf(bucket) > now);
    if (live !== 0) buckets = live === -1 ? [] : buckets.slice(live);
    return buckets;
  }

  return {
    add() {
      const number = Math.floor(clock.now() / bucketMs);
      let bucket = buckets.at(-1);
      if (bucket?.number !== number) {
        bucket = { number, count: 0 };
        // Those that have left the window go now: within a bucket's time there is nothing to look for.
        current().push(bucket);
      }
      const counting = bucket;
      counting.count += 1;
      let counted = true;
      return () => {
        if (counted) counting.count -= 1;
        counted = false;
      };
    },
    total() {
      return current().reduce((sum, { count }) => sum + count, 0);
    },
    expiresIn() {
      const oldest = current().find(({ count }) => count > 0);
      return oldest === undefined ? undefined : endOf(oldest) - clock.now();
    },
    clear() {
      buckets = [];
    },
  };
}
