/** Measures time that may be stopped in between; several reasons to stop it may overlap. */
export interface Stopwatch {
  pause(): void;
  goOn(): void;
  /** Ends it for good. */
  stop(): void;
}

/** Calls `over` once it has run for `ms`. By the system's clock: threads live in real time. */
export function createStopwatch(ms: number, over: () => void): Stopwatch {
  let left = ms;
  let pauses = 0;
  let ended = false;
  let since = performance.now();
  let timer: NodeJS.Timeout | undefined = setTimeout(over, left);
  return {
    pause() {
      if (pauses++ > 0 || ended) return;
      clearTimeout(timer);
      left -= performance.now() - since;
    },
    goOn() {
      if (--pauses > 0 || ended) return;
      since = performance.now();
      timer = setTimeout(over, Math.max(0, left));
    },
    stop() {
      ended = true;
      clearTimeout(timer);
    },
  };
}
