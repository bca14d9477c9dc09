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

export function createChannel<T>(): Channel<T> {
  let queue: T[] = [];
  let closing: { readonly error?: unknown } | undefined;
  let wake: (() => void) | undefined;
  const notify = (): void => {
    wake?.();
    wake = undefined;
  };

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
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const ready = queue;
        queue = [];
        yield* ready;
        if (queue.length > 0) continue;
        if (closing !== undefined) {
          if ('error' in closing) throw closing.error;
          return;
        }
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
