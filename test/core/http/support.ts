import type { Clock } from '../../../core/contracts/clock.ts';
import type { HttpRequest, HttpResponse } from '../../../core/contracts/http.ts';
import { SluiceError, type ErrorCode } from '../../../core/errors.ts';
import { fakeClock, settle } from '../../support/fake-clock.ts';
import * as http from '../../support/http.ts';

const url = 'https://upstream.test/items?page=1';

/** A first attempt at some page, never aborted unless the test says so. */
export function httpRequest(change: Partial<HttpRequest> = {}): HttpRequest {
  return http.httpRequest(url, change);
}

export function httpResponse(status = 200, headers: Record<string, string> = {}): HttpResponse {
  return http.httpResponse({ status, headers, url });
}

const retryable: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'timeout',
  'network_error',
  'rate_limited',
  'http_500',
  'http_503',
]);

/** An error as the inner middlewares throw it: retryable where they would say so. */
export function failureWith(code: ErrorCode): SluiceError {
  return new SluiceError(code, `${code} happened`, { retryable: retryable.has(code) });
}

/** The outcome of a promise as a value: what it rejected with, or `undefined`. */
export async function rejection(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

/** Whether a promise settles without time going on. */
export async function isSettled(work: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = (): void => {
    settled = true;
  };
  work.then(note, note);
  await settle();
  return settled;
}

/** A clock whose timers ring before their time, so that reading it once more may be what makes it that time. */
export function hastyClock() {
  const base = fakeClock();
  let early = 0;
  const clock: Clock = {
    ...base,
    now() {
      const now = base.now() - early;
      early = 0;
      return now;
    },
    timer: (ms, fire) =>
      base.timer(ms, () => {
        early = 0.5;
        fire();
      }),
  };
  return { base, clock };
}
