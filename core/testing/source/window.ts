import type { RateLimit } from '../../contracts/source.ts';

/** Faster is a mistake of a unit: no API lets one client ask so often. */
const mostPerSecond = 10_000;

/** What is wrong with a declared limit, in a sentence; undefined for one that makes sense. */
export function limitProblem({ requests, perMs }: RateLimit): string | undefined {
  if (!Number.isInteger(requests))
    return `rateLimit says ${requests} requests: give a whole number, over a longer time`;
  const perSecond = (requests / perMs) * 1000;
  if (perSecond <= mostPerSecond) return undefined;
  return `rateLimit allows ${requests} requests in ${perMs} ms, which is ${perSecond} a second: perMs is in milliseconds`;
}

/** Most sends within any `perMs` milliseconds. `sends` are in order. */
export function mostInWindow(sends: readonly number[], perMs: number): number {
  let most = 0;
  let from = 0;
  for (const [index, at] of sends.entries()) {
    while (at - (sends[from] ?? at) >= perMs) from += 1;
    most = Math.max(most, index - from + 1);
  }
  return most;
}
