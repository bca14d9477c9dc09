import { STATUS_CODES } from 'node:http';
import type { Clock, Random } from '../../contracts/clock.ts';
import type { HttpRequest, HttpResponse, Middleware } from '../../contracts/http.ts';
import type { RateLimiter } from '../../contracts/resilience.ts';
import type { ResponseRule } from '../../contracts/response-rule.ts';
import { SluiceError } from '../../errors.ts';
import { parseRetryAfter, upstreamTime } from '../rate-limit-headers.ts';
import { redactUrl } from '../../redact.ts';
import type { BackoffSettings } from '../resilience/backoff.ts';
import { createSourcePause, type Storm } from '../resilience/source-pause.ts';
import { type MatchedRule, matchRule } from '../response-rules.ts';
import { withPhases } from '../with-phases.ts';

/** What a response may act upon. */
export interface ResponseActionsOptions {
  /** The source's own word on what its responses mean, first match wins. */
  readonly rules: readonly ResponseRule[];
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  /** For pauses whose length the upstream does not tell. */
  readonly backoff: BackoffSettings;
  readonly random: Random;
  /** Of the limiter, so that all who share it count one storm as one. */
  readonly storm: Storm;
  /** Whether requests prove who asks: a 401 is a word on that then. Default false. */
  readonly authenticated?: boolean;
  /** Told of each pause of the whole source and each lowered limit: the time left of the pause, the reason in words. */
  readonly onPause: (ms: number, reason: string) => void;
}

/** Statuses with which asking again can help; a page without content may have some the next time. */
const retryableStatuses: ReadonlySet<number> = new Set([204, 205, 408, 425, 429, 500, 502, 503, 504]);

/**
 * Statuses that say "no content": not whether there is nothing more, or nothing just now. To take them for the end
 * would lose the rest in silence where they are a hiccup, so a source whose listing does end by them has to say so.
 */
const noContent: ReadonlySet<number> = new Set([204, 205]);

/**
 * Makes outcomes of responses. The source's own rules come first, see `ResponseAction`: `retry` and `fail` are thrown
 * as `response_refused`, `ignore` and `end-of-pages` pass with that action on the response. Where none matches, 2xx
 * with content passes and all else is thrown as `http_<status>`; a 429, or a 503 that says when to come back, pauses
 * the whole source and is thrown as `rate_limited`. A response that says that no request is left in the window pauses
 * the source too, whatever else becomes of it.
 */
export function responseActions(options: ResponseActionsOptions): Middleware {
  const { rules, clock, authenticated = false } = options;
  const pause = createSourcePause(options);

  /** A refusal for the rate: pauses, and makes the error. `lowers`: it says that a window may hold fewer requests. */
  function limited(response: HttpResponse, sentAt: number, lowers: boolean, why?: string): SluiceError {
    const retryAfterMs = pause.refused(response, { sentAt, lowers });
    const consequence = `asks for fewer requests${why === undefined ? '' : `: ${why}`}; next in ${seconds(retryAfterMs)}`;
    return failure(response, 'rate_limited', ` and ${consequence}`, { retryable: true, retryAfterMs });
  }

  function obey({ rule, name }: MatchedRule, response: HttpResponse, sentAt: number): HttpResponse {
    const { action, message } = rule;
    if (action === 'rate-limited') throw limited(response, sentAt, true, message ?? name);
    pause.observed(response, { sentAt, succeeded: action === 'ignore' || action === 'end-of-pages' });
    if (action === 'ignore' || action === 'end-of-pages') return { ...response, action };
    const refusal = message === undefined ? `, which ${name} refuses` : `, which means: ${message}`;
    throw failure(response, 'response_refused', refusal, { retryable: action === 'retry' });
  }

  function judge(response: HttpResponse, sentAt: number): HttpResponse {
    const matched = rules.length === 0 ? undefined : matchRule(rules, response);
    if (matched !== undefined) return obey(matched, response, sentAt);
    const { status, headers } = response;
    if (status === 429) throw limited(response, sentAt, true);
    // A 503 is no word on how many requests a window may hold.
    if (status === 503 && saysWhen(headers)) throw limited(response, sentAt, false);
    const succeeded = status >= 200 && status < 300;
    pause.observed(response, { sentAt, succeeded });
    if (succeeded && !noContent.has(status)) return response;
    if (status === 401 && authenticated) throw failure(response, 'auth_failed', refusedProof, { retryable: false });
    const hint = noContent.has(status) ? `; ${noContentHint(status)}` : '';
    throw failure(response, `http_${status}`, hint, { retryable: retryableStatuses.has(status) });
  }

  function saysWhen(headers: HttpResponse['headers']): boolean {
    return parseRetryAfter(headers['retry-after'], upstreamTime(headers, clock.date())) !== undefined;
  }

  return (next) =>
    async function responseActionsMiddleware(request) {
      let sentAt: number | undefined;
      const onPhase: NonNullable<HttpRequest['onPhase']> = (phase) => {
        if (phase === 'sent') sentAt = clock.now();
        request.onPhase?.(phase);
      };
      const response = await next(withPhases(request, onPhase));
      return judge(response, sentAt ?? clock.now());
    };
}

const refusedProof = ': it does not accept the credentials in auth; check them, and that they are meant for this API';

function noContentHint(status: number): string {
  return `if its listing ends so, declare responseActions: [{ status: ${status}, action: 'end-of-pages' }]`;
}

function failure(
  { status, url }: HttpResponse,
  code: 'rate_limited' | 'response_refused' | 'auth_failed' | `http_${number}`,
  consequence: string,
  details: { readonly retryable: boolean; readonly retryAfterMs?: number },
): SluiceError {
  const name = STATUS_CODES[status];
  const answer = `the upstream answered ${status}${name === undefined ? '' : ` (${name})`}`;
  return new SluiceError(code, `${answer}${consequence}`, { ...details, status, url: redactUrl(url) });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
