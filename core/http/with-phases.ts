import type { Complete } from '../complete.ts';
import type { HttpRequest } from '../contracts/http.ts';

/**
 * The request with another listener for its phases. Named one by one: each request gets one three times on its way, and a
 * spread would give it another hidden class each time.
 */
export function withPhases(request: HttpRequest, onPhase: NonNullable<HttpRequest['onPhase']>): HttpRequest {
  const { key, url, method, headers, body, secretQuery, cost, attempt, signal } = request;
  return {
    key,
    url,
    method,
    headers,
    body,
    secretQuery,
    cost,
    attempt,
    signal,
    onPhase,
  } satisfies Complete<HttpRequest>;
}
