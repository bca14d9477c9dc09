/** Something that takes its turn; undefined where it has ended at once. It may not reject. */
type Operation = () => Promise<void> | undefined;

/** The order in which operations on one thing begin: some alone, some side by side. */
export interface Turns {
  /** Begins when all before it have ended; what comes after it waits. */
  alone(operation: () => Promise<void>): Promise<void>;
  /**
   * Begins after all before it have begun, beside at most `most - 1` of its kind: at once where nothing is in its way.
   * Undefined: it has ended already.
   */
  sideBySide(operation: Operation): Promise<void> | undefined;
}

interface Waiting {
  readonly operation: Operation;
  readonly isAlone: boolean;
  readonly resolve: (work: Promise<void> | undefined) => void;
  next: Waiting | undefined;
}

/** `most` is the number of operations that may be under way side by side. */
export function createTurns(most: number): Turns {
  // A linked list: taking from the front of a long array is slow.
  let first: Waiting | undefined;
  let last: Waiting | undefined;
  let running = 0;
  /** What is under way is alone. */
  let barred = false;

  const mayBegin = (isAlone: boolean): boolean => (isAlone ? running === 0 : !barred && running < most);

  function begin(operation: Operation, isAlone: boolean): Promise<void> | undefined {
    running += 1;
    barred = isAlone;
    const work = operation();
    if (work !== undefined) return work.then(end);
    leave();
    return undefined;
  }

  function leave(): void {
    running -= 1;
    barred = false;
  }

  function end(): void {
    leave();
    advance();
  }

  /** Whoever is first decides: nobody overtakes one that is to be alone. */
  function advance(): void {
    for (let next = first; next !== undefined && mayBegin(next.isAlone); next = first) {
      first = next.next;
      if (first === undefined) last = undefined;
      next.resolve(begin(next.operation, next.isAlone));
    }
  }

  function wait(operation: Operation, isAlone: boolean): Promise<void> {
    return new Promise((resolve) => {
      const waiting: Waiting = { operation, isAlone, resolve, next: undefined };
      if (last === undefined) first = waiting;
      else last.next = waiting;
      last = waiting;
    });
  }

  function take(operation: Operation, isAlone: boolean): Promise<void> | undefined {
    if (first !== undefined || !mayBegin(isAlone)) return wait(operation, isAlone);
    const work = begin(operation, isAlone);
    // It may have put others in line.
    if (work === undefined) advance();
    return work;
  }

  return {
    alone: (operation) => take(operation, true) ?? Promise.resolve(),
    sideBySide: (operation) => take(operation, false),
  };
}
