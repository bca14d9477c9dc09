import type { Random } from '../../contracts/clock.ts';
import type { RetrySettings } from '../../config/resolved.ts';

/** Bounds of the random waits, in milliseconds. */
export type BackoffSettings = Pick<RetrySettings, 'baseMs' | 'maxMs'>;

/**
 * Milliseconds to wait after failed attempt number `attempt` (1 for the first): anything from 0 to
 * `baseMs * 2^(attempt - 1)`, at most `maxMs`. This is "full jitter" of the AWS Architecture Blog, "Exponential
 * Backoff And Jitter": clients that failed together do not come back together.
 */
export function backoffMs(attempt: number, { baseMs, maxMs }: BackoffSettings, random: Random): number {
  // 2^1023 is the largest power that is a number; a base of 0 times infinity would be none.
  return random() * Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 1023));
}
