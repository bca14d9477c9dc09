/** The order in which operations on one thing begin: some alone, some side by side. None of them may reject. */
export interface Turns {
  /** Begins when all before it have ended; what comes after it waits. */
  alone(operation: () => Promise<void>): Promise<void>;
  /** Begins after all before it have begun, beside at most `most - 1` of its kind. */
  sideBySide(operation: () => Promise<void>): Promise<void>;
}

/** `most` is the number of operations that may be under way side by side. */
export function createTurns(most: number): Turns {
  const running = new Set<Promise<void>>();
  // Resolves when the last one in line has begun; one that is alone counts as begun when it has ended. That is the
  // barrier: whoever comes later can't overtake.
  let line: Promise<void> = Promise.resolve();

  return {
    alone(operation) {
      line = line.then(() => Promise.all(running)).then(operation);
      return line;
    },
    sideBySide(operation) {
      return new Promise((resolve) => {
        line = line.then(async () => {
          while (running.size >= most) await Promise.race(running);
          const work = operation().finally(() => running.delete(work));
          running.add(work);
          // Handed on, not returned: the line goes on when it has begun.
          resolve(work);
          return undefined;
        });
      });
    },
  };
}
