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

/** A request that went out, and how many places of each window it took. */
export interface Send {
  /** Milliseconds. */
  readonly at: number;
  readonly cost: number;
  /** Which of the ways to the upstream it took: 0 is the source's own. */
  readonly way: number;
}

/** Most places taken within any `perMs` milliseconds. `sends` are in order. */
export function mostInWindow(sends: readonly Send[], perMs: number): number {
  let most = 0;
  let within = 0;
  let from = 0;
  for (const { at, cost } of sends) {
    within += cost;
    for (let oldest = sends[from]; oldest !== undefined && at - oldest.at >= perMs; oldest = sends[from]) {
      within -= oldest.cost;
      from += 1;
    }
    most = Math.max(most, within);
  }
  return most;
}
