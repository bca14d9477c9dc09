import { STATUS_CODES } from 'node:http';
import type { Clock, Random } from '../../contracts/clock.ts';
import type { HttpRequest, HttpResponse, Middleware } from '../../contracts/http.ts';
import type { RateLimiter } from '../../contracts/resilience.ts';
import { SluiceError } from '../../errors.ts';
import {
  longestPauseMs,
  parseRateLimitHeaders,
  parseRequestedPause,
  parseRetryAfter,
  upstreamTime,
} from '../rate-limit-headers.ts';
import { redactUrl } from '../../redact.ts';
import { backoffMs, type BackoffSettings } from '../resilience/backoff.ts';

/** What a response may act upon. */
export interface ResponseActionsOptions {
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  /** For pauses whose length the upstream does not tell. */
  readonly backoff: BackoffSettings;
  readonly random: Random;
  /** Told of each pause of the whole source and each lowered limit: the time left of the pause, the reason in words. */
  readonly onPause: (ms: number, reason: string) => void;
}

/** Statuses with which asking again can help. */
const retryableStatuses: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Ends of pauses this close are one: several responses tell the same moment a little apart. */
const sameEndMs = 50;

/**
 * Makes outcomes of responses: 2xx passes, all else is thrown as `http_<status>`. A 429, or a 503 that says when to
 * come back, pauses the whole source and is thrown as `rate_limited`; so does, without an error, a response that says
 * that no request is left in the window. The first 429 of a storm also lowers the limit, for it was more than is allowed.
 */
export function responseActions({ limiter, clock, backoff, random, onPause }: ResponseActionsOptions): Middleware {
  // Pauses in a row, without a success between them.
  let steps = 0;
  let pauseEndsAt = -Infinity;
  // The end of the last pause in which a 429 came: what was sent before it was granted under the limit of then.
  let lowerAgainAt = -Infinity;

  /** Returns whether the pause is news, or (almost) one in force already. */
  function pause(ms: number): boolean {
    const endsAt = clock.now() + ms;
    const isNews = pauseEndsAt <= clock.now() || endsAt > pauseEndsAt + sameEndMs;
    limiter.pause(ms);
    pauseEndsAt = Math.max(pauseEndsAt, endsAt);
    return isNews;
  }

  function limited(response: HttpResponse, sentAt: number, epochMs: number): SluiceError {
    // Requests sent before the pause began (or that already had their permit then) all come back refused. They are one
    // storm and one step: were each a step of its own, ten requests under way would be ten backoffs.
    const sameStorm = sentAt < pauseEndsAt;
    if (!sameStorm) steps += 1;
    // A 503 is no word on how many requests a window may hold.
    const allowed = response.status === 429 && sentAt >= lowerAgainAt ? limiter.lower() : undefined;
    let isNews = allowed !== undefined;
    const requested = parseRequestedPause(response.headers, epochMs);
    if (requested !== undefined) isNews = pause(requested) || isNews;
    // At least the base: with full jitter a pause may be almost nothing, and would cost every request an attempt.
    else if (!sameStorm) isNews = pause(Math.max(backoff.baseMs, backoffMs(steps, backoff, random))) || isNews;
    if (response.status === 429) lowerAgainAt = pauseEndsAt;
    const retryAfterMs = Math.max(0, pauseEndsAt - clock.now());
    const consequence = allowed === undefined ? '' : `, now at most ${allowed} per window`;
    if (isNews) onPause(retryAfterMs, `status ${response.status}${consequence}`);
    return failure(response, 'rate_limited', `asks for fewer requests; next in ${seconds(retryAfterMs)}`, retryAfterMs);
  }

  function judge(response: HttpResponse, sentAt: number): HttpResponse {
    const { status, headers } = response;
    const epochMs = upstreamTime(headers, clock.date());
    if (status === 429 || (status === 503 && parseRetryAfter(headers['retry-after'], epochMs) !== undefined)) {
      throw limited(response, sentAt, epochMs);
    }
    const succeeded = status >= 200 && status < 300;
    // A success that was under way before the pause says nothing about after it.
    if (succeeded && sentAt >= pauseEndsAt) steps = 0;
    const { remaining, resetMs } = parseRateLimitHeaders(headers, epochMs);
    if (remaining === 0 && resetMs !== undefined) {
      const ms = Math.min(resetMs, longestPauseMs);
      if (pause(ms)) onPause(ms, 'no requests left');
    }
    if (!succeeded) throw failure(response, `http_${status}`);
    return response;
  }

  return (next) =>
    async function responseActionsMiddleware(request) {
      let sentAt: number | undefined;
      const onPhase: NonNullable<HttpRequest['onPhase']> = (phase) => {
        if (phase === 'sent') sentAt = clock.now();
        request.onPhase?.(phase);
      };
      const response = await next({ ...request, onPhase });
      return judge(response, sentAt ?? clock.now());
    };
}

function failure(
  { status, url }: HttpResponse,
  code: 'rate_limited' | `http_${number}`,
  consequence?: string,
  retryAfterMs?: number,
): SluiceError {
  const name = STATUS_CODES[status];
  const answer = `the upstream answered ${status}${name === undefined ? '' : ` (${name})`}`;
  return new SluiceError(code, consequence === undefined ? answer : `${answer} and ${consequence}`, {
    status,
    url: redactUrl(url),
    retryable: retryableStatuses.has(status),
    retryAfterMs,
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
