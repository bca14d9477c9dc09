/** Runs work once there is a slot for it, in the order in which it came. */
export type Slots = <T>(work: () => Promise<T>) => Promise<T>;

export function createSlots(most: number): Slots {
  const line: (() => void)[] = [];
  let free = most;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => line.push(resolve));
    try {
      return await work();
    } finally {
      // The slot is handed on, not given back: nobody gets in between.
      const next = line.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
