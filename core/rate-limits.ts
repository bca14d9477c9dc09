import type { RateLimit } from './contracts/source.ts';

/** The windows of a declaration as a list, the shortest first. */
export function windowsOf(declared: RateLimit | readonly RateLimit[]): readonly RateLimit[] {
  const windows = 'perMs' in declared ? [declared] : declared;
  return windows.toSorted((a, b) => a.perMs - b.perMs);
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
