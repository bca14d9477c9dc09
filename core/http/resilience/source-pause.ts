import type { Clock, Random } from '../../contracts/clock.ts';
import type { HttpResponse } from '../../contracts/http.ts';
import type { RateLimiter } from '../../contracts/resilience.ts';
import {
  longestPauseMs,
  parseRateLimitHeaders,
  parseRequestedPause,
  tellsRateLimit,
  upstreamTime,
} from '../rate-limit-headers.ts';
import { backoffMs, type BackoffSettings } from './backoff.ts';

/** What pauses a source, by which clock, and who hears of it. */
export interface SourcePauseOptions {
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  /** For pauses whose length the upstream does not tell, and the shortest one where it does. */
  readonly backoff: BackoffSettings;
  readonly random: Random;
  /** Shared by all sources whose requests the limiter holds back. */
  readonly storm: Storm;
  /** Told of each pause of the whole source and each lowered limit: the time left of the pause, the reason in words. */
  readonly onPause: (ms: number, reason: string) => void;
}

/** What is known of refusals in a row, whoever met them. */
export interface Storm {
  /** Pauses in a row, without a success between them. */
  steps: number;
  pauseEndsAt: number;
  /** The end of the last pause in which the limit was refused: what was sent before it was granted under the limit of then. */
  lowerAgainAt: number;
}

/** A storm that has not begun. */
export function createStorm(): Storm {
  return { steps: 0, pauseEndsAt: -Infinity, lowerAgainAt: -Infinity };
}

/** Makes pauses of the whole source out of what its responses say. It only ever holds back: nothing shortens a pause. */
export interface SourcePause {
  /**
   * Counts a refusal for the rate of a request sent at `sentAt`, and pauses the source. `lowers`: it is a word on how
   * many requests a window may hold as well. Returns the milliseconds until the next request.
   */
  refused(response: HttpResponse, refusal: { readonly sentAt: number; readonly lowers: boolean }): number;
  /** Takes in any other response: a success ends a row of refusals, and an exhausted window is waited for. */
  observed(response: HttpResponse, outcome: { readonly sentAt: number; readonly succeeded: boolean }): void;
}

/** Ends of pauses this close are one: several responses tell the same moment a little apart. */
const sameEndMs = 50;

/**
 * Builds the pauses of one source. The first refusal of a storm lengthens the backoff by a step, and lowers the limit,
 * for it was more than is allowed; the others of the storm do neither.
 */
export function createSourcePause(options: SourcePauseOptions): SourcePause {
  const { limiter, clock, backoff, random, storm, onPause } = options;

  /** Returns whether the pause is news, or (almost) one in force already. */
  function pause(ms: number): boolean {
    const endsAt = clock.now() + ms;
    const isNews = storm.pauseEndsAt <= clock.now() || endsAt > storm.pauseEndsAt + sameEndMs;
    limiter.pause(ms);
    storm.pauseEndsAt = Math.max(storm.pauseEndsAt, endsAt);
    return isNews;
  }

  return {
    refused({ status, headers }, { sentAt, lowers }) {
      // Requests sent before the pause began (or that already had their permit then) all come back refused. They are
      // one storm and one step: were each a step of its own, ten requests under way would be ten backoffs.
      const sameStorm = sentAt < storm.pauseEndsAt;
      if (!sameStorm) storm.steps += 1;
      const allowed = lowers && sentAt >= storm.lowerAgainAt ? limiter.lower() : undefined;
      let isNews = allowed !== undefined;
      const requested = parseRequestedPause(headers, upstreamTime(headers, clock.date()));
      if (sameStorm) {
        if (requested !== undefined) isNews = pause(requested) || isNews;
      } else {
        // At least the base: a reset a few milliseconds away, or full jitter at its shortest, is almost no pause, and
        // would cost every request an attempt.
        isNews = pause(Math.max(backoff.baseMs, requested ?? backoffMs(storm.steps, backoff, random))) || isNews;
      }
      if (lowers) storm.lowerAgainAt = storm.pauseEndsAt;
      const leftMs = Math.max(0, storm.pauseEndsAt - clock.now());
      const consequence = allowed === undefined ? '' : `, now at most ${allowed.join(' and ')} per window`;
      if (isNews) onPause(leftMs, `status ${status}${consequence}`);
      return leftMs;
    },
    observed({ headers }, { sentAt, succeeded }) {
      // A success that was under way before the pause says nothing about after it.
      if (succeeded && sentAt >= storm.pauseEndsAt) storm.steps = 0;
      if (!tellsRateLimit(headers)) return;
      const { remaining, resetMs } = parseRateLimitHeaders(headers, upstreamTime(headers, clock.date()));
      if (remaining !== 0 || resetMs === undefined) return;
      const ms = Math.min(resetMs, longestPauseMs);
      if (pause(ms)) onPause(ms, 'no requests left');
    },
  };
}
