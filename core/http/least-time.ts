import type { RateLimit } from '../contracts/source.ts';

/**
 * The least milliseconds from the first of `requests` to the last that a limit allows, however fast the upstream is: of
 * each window's worth, all can go at its start, and the next a window later. `marginMs` is added to each window.
 */
export function leastTimeMs(requests: number, limit: RateLimit, marginMs: number): number {
  if (requests <= 1) return 0;
  return Math.floor((requests - 1) / limit.requests) * (limit.perMs + marginMs);
}

/** The window that makes `requests` take longest; undefined where there is none. */
export function slowestLimit(requests: number, limits: readonly RateLimit[]): RateLimit | undefined {
  return limits.toSorted((a, b) => leastTimeMs(requests, b, 0) - leastTimeMs(requests, a, 0))[0];
}

/** A limit as people say it: `5/s`, `100/min`, `10 per 2.5 s`. */
export function limitText({ requests, perMs }: RateLimit): string {
  const unit = new Map([
    [1_000, 's'],
    [60_000, 'min'],
    [3_600_000, 'h'],
  ]).get(perMs);
  return unit === undefined ? `${requests} per ${perMs / 1_000} s` : `${requests}/${unit}`;
}
