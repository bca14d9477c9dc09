import type { Handler, HttpRequest, HttpResponse } from '../../core/contracts/http.ts';
import { SluiceError } from '../../core/errors.ts';

/** A GET for `url`, as the chain would make it. */
export function httpRequest(url: string | URL, change: Partial<HttpRequest> = {}): HttpRequest {
  return {
    key: 'page-1',
    url: new URL(url),
    method: 'GET',
    headers: {},
    attempt: 1,
    signal: new AbortController().signal,
    ...change,
  };
}

/** A response that never was on a wire. */
export function httpResponse(change: Partial<HttpResponse> = {}): HttpResponse {
  return { status: 200, headers: {}, url: 'http://upstream.test/', body: new Uint8Array(0), ...change };
}

/** A handler that hangs until its signal aborts, and remembers what it was asked. */
export function hangingHandler(): { handle: Handler; readonly requests: HttpRequest[] } {
  const requests: HttpRequest[] = [];
  return {
    requests,
    handle: (request) => {
      requests.push(request);
      return new Promise((_, reject) => {
        request.signal.addEventListener('abort', () => reject(request.signal.reason as Error), { once: true });
      });
    },
  };
}

/** The `SluiceError` that `work` rejects with; throws where it does anything else. */
export async function failureOf(work: Promise<unknown>): Promise<SluiceError> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof SluiceError) return thrown;
    throw new Error('it failed with something other than a SluiceError', { cause: thrown });
  }
  throw new Error('it succeeded');
}

export const textOf = (response: HttpResponse): string => Buffer.from(response.body).toString();
