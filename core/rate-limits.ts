import type { RateLimit } from './contracts/source.ts';

/** The windows of a declaration as a list, the shortest first. */
export function windowsOf(declared: RateLimit | readonly RateLimit[]): readonly RateLimit[] {
  const windows = 'perMs' in declared ? [declared] : declared;
  return windows.toSorted((a, b) => a.perMs - b.perMs);
}

/** Fewest and most requests under way at once, where nobody says how many. */
const fewest = 16;
const most = 64;

/**
 * Requests under way at once that keep a limit busy whose answers take up to a second (Little's law): as many as it lets go
 * in a second, within 16 to 64.
 */
export function defaultConcurrency(windows: readonly RateLimit[]): number {
  const perSecond = Math.min(...windows.map(({ requests, perMs }) => (requests * 1000) / perMs));
  return Math.min(most, Math.max(fewest, Math.ceil(perSecond)));
}

/** What keeps all of several declarations: every window of any of them, the lowest number where two are as long. */
export function strictest(declarations: readonly (readonly RateLimit[])[]): readonly RateLimit[] {
  const lowest = new Map<number, number>();
  for (const { requests, perMs } of declarations.flat()) {
    lowest.set(perMs, Math.min(requests, lowest.get(perMs) ?? Infinity));
  }
  return windowsOf(Array.from(lowest, ([perMs, requests]) => ({ requests, perMs })));
}

/** The length of the longest window, in milliseconds. */
export function longestWindow(windows: readonly RateLimit[]): number {
  return Math.max(...windows.map(({ perMs }) => perMs));
}
