/** Loads files of a spool in the background, one after the other, in the order in which they are handed over. */
export interface Loader {
  add(load: number): void;
  /** Throws what a load has failed by. */
  assertWell(): void;
  /** Resolves when all that was handed over is loaded. Throws what a load has failed by. */
  settled(): Promise<void>;
  /** Begins no further load; resolves when the one under way has ended, whichever way. */
  stop(): Promise<void>;
}

/** In the background: a load takes most of a second, and a run that is to end at once waits less for a commit. */
export function createLoader(take: (load: number) => Promise<void>): Loader {
  let last = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;
  let stopped = false;

  /** Never rejects: nobody may be waiting. */
  async function loadAfter(before: Promise<void>, load: number): Promise<void> {
    await before;
    if (stopped || failure !== undefined) return;
    try {
      await take(load);
    } catch (error) {
      failure = { error };
    }
  }

  function assertWell(): void {
    if (failure !== undefined) throw failure.error;
  }

  return {
    add: (load) => void (last = loadAfter(last, load)),
    assertWell,
    async settled() {
      await last;
      assertWell();
    },
    async stop() {
      stopped = true;
      await last;
    },
  };
}
