/**
 * A queue between many producers and one consumer that pulls. It has no bound of its own: what goes through it
 * is bounded in bytes where it is fetched, and a producer never waits here while it holds something.
 */
export interface Channel<T> extends AsyncIterable<T> {
  push(value: T): void;
  /** No more values; the consumer ends after those that are queued. */
  end(): void;
  /** The consumer's next pull throws, after those that are queued. */
  fail(error: unknown): void;
}

/** `onLeft` is called when the consumer has come to the end, or stops to pull. Default: nothing. */
export function createChannel<T>(onLeft: () => void = () => undefined): Channel<T> {
  let queue: T[] = [];
  let closing: { readonly error?: unknown } | undefined;
  let wake: (() => void) | undefined;
  const notify = (): void => {
    wake?.();
    wake = undefined;
  };

  async function leave(): Promise<IteratorReturnResult<undefined>> {
    onLeft();
    return { value: undefined, done: true };
  }

  return {
    push(value) {
      queue.push(value);
      notify();
    },
    end() {
      closing ??= {};
      notify();
    },
    fail(error) {
      closing ??= { error };
      notify();
    },
    // By hand: a generator takes several turns of the microtask queue for each value.
    [Symbol.asyncIterator]() {
      let ready: readonly T[] = [];
      let taken = 0;

      async function next(): Promise<IteratorResult<T, undefined>> {
        while (taken === ready.length) {
          if (queue.length > 0) {
            ready = queue;
            queue = [];
            taken = 0;
          } else if (closing !== undefined) {
            if (!('error' in closing)) return leave();
            onLeft();
            throw closing.error;
          } else await new Promise<void>((resolve) => (wake = resolve));
        }
        const value = ready[taken] as T;
        taken += 1;
        return { value, done: false };
      }

      return { next, return: leave };
    },
  };
}
