import { createHash } from 'node:crypto';
import type { HttpRequest, HttpResponse, Middleware } from '../../contracts/http.ts';
import type { KeptPage, PageCache } from '../../contracts/page-cache.ts';

/** What belongs to one transfer of a body, or to one client: not to the answer that is kept. */
const notKept: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'set-cookie',
  'transfer-encoding',
]);

/**
 * Asks whether a page has changed since it was kept (RFC 9110, 13.1): a 304 becomes the answer that was kept, marked as
 * unchanged. Only a GET is kept, and only a 200 that says its version (`ETag`, `Last-Modified`) and does not forbid it.
 *
 * Only a first attempt is conditional: a page that is asked for again was no good, and what is kept may be why.
 */
export function conditional(cache: PageCache): Middleware {
  return (next) =>
    async function conditionalMiddleware(request) {
      if (request.method !== 'GET' || hasCondition(request)) return next(request);
      const key = cacheKey(request);
      const kept = request.attempt === 1 ? await cache.read(key) : undefined;
      const response = await next(kept === undefined ? request : conditionally(request, kept));
      if (kept !== undefined && response.status === 304) return unchanged(response, kept);
      const page = keepable(request, response);
      if (page !== undefined) await cache.write(key, page);
      return response;
    };
}

/** The source asks by conditions of its own. */
function hasCondition({ headers }: HttpRequest): boolean {
  return Object.keys(headers).some((name) => /^(?:if-|range$)/i.test(name));
}

/** A hash of all that decides about the answer; credentials are among the headers, and are not to be found again. */
function cacheKey({ url, headers }: HttpRequest): string {
  const sorted = Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([url.href, sorted]))
    .digest('hex')
    .slice(0, 40);
}

function conditionally(request: HttpRequest, { etag, lastModified }: KeptPage): HttpRequest {
  return {
    ...request,
    headers: {
      ...request.headers,
      ...(etag !== undefined && { 'if-none-match': etag }),
      ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
    },
  };
}

/** The kept answer, with what the upstream says anew (RFC 9111, 4.3.4). */
function unchanged(response: HttpResponse, { headers, body }: KeptPage): HttpResponse {
  const said = Object.entries(response.headers).filter(([name]) => !notKept.has(name) && name !== 'content-type');
  return { ...response, status: 200, headers: { ...headers, ...Object.fromEntries(said) }, body, unchanged: true };
}

function keepable(request: HttpRequest, { status, headers, url, body }: HttpResponse): KeptPage | undefined {
  const { etag, 'last-modified': lastModified, 'cache-control': control = '', vary = '' } = headers;
  const versioned = etag !== undefined || lastModified !== undefined;
  // After a redirect, the version is that of another URL.
  if (status !== 200 || !versioned || url !== request.url.href) return undefined;
  if (/\bno-store\b/i.test(control) || vary.trim() === '*') return undefined;
  return {
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !notKept.has(name))),
    body,
  };
}
