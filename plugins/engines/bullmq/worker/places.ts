/** How many pages a worker may have in hand, and how many it has. */
export interface Places {
  readonly taken: number;
  /** Takes as many as are free, at most `most`; answers how many. */
  take(most: number): number;
  /** Takes one, as soon as it is free; false where there will be none: the worker rests or ends. */
  wait(): Promise<boolean>;
  /** Takes one although none may be free. */
  squeeze(): void;
  leave(count: number): void;
  /** Lets nobody in who waits, until it is told otherwise. */
  rest(resting: boolean): void;
  readonly resting: boolean;
  /** Resolves when none is taken. */
  empty(): Promise<void>;
}

export function createPlaces(count: number): Places {
  const waiting: ((isIn: boolean) => void)[] = [];
  let taken = 0;
  let resting = false;
  let whenEmpty: (() => void)[] = [];

  return {
    get taken() {
      return taken;
    },
    get resting() {
      return resting;
    },
    take(most) {
      const got = Math.max(0, Math.min(most, count - taken));
      taken += got;
      return got;
    },
    async wait() {
      if (resting) return false;
      if (taken >= count) return new Promise((resolve) => waiting.push(resolve));
      taken += 1;
      return true;
    },
    squeeze() {
      taken += 1;
    },
    leave(left) {
      taken -= left;
      while (taken < count && waiting.length > 0) {
        taken += 1;
        waiting.shift()?.(true);
      }
      if (taken > 0) return;
      for (const resolve of whenEmpty) resolve();
      whenEmpty = [];
    },
    rest(now) {
      resting = now;
      if (now) for (const resolve of waiting.splice(0)) resolve(false);
    },
    async empty() {
      if (taken > 0) await new Promise<void>((resolve) => whenEmpty.push(resolve));
    },
  };
}
