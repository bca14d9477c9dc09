/** Milliseconds between two looks at what is still open. */
const lookMs = 2;

/** Node's name for what has a terminal open. */
const terminal = 'TTYWrap';

/** What of the process tells whether anything is under way in it. */
export interface IdleProcess {
  getActiveResourcesInfo(): readonly string[];
  listenerCount(event: 'beforeExit'): number;
}

/**
 * Calls `end` as soon as nothing is open but a terminal, unless a plugin waits for the natural end of the process. That end
 * would come then too, but only after V8's threads have compiled what they had begun to and its heaps have been taken apart:
 * up to 25 ms of processor time after one page.
 */
export function whenIdle(own: IdleProcess, end: () => void): void {
  if (own.listenerCount('beforeExit') > 0) return;
  // A terminal that was read from is listed for good, also where nobody reads any more.
  if (own.getActiveResourcesInfo().every((name) => name === terminal)) return end();
  // These keep the process alive, or its natural end would come first; and the look is from outside of the timer, which is
  // itself open as long as its callback runs.
  setTimeout(() => setImmediate(() => whenIdle(own, end)), lookMs);
}
