import type { HttpRequest, HttpResponse, Middleware } from '../../contracts/http.ts';
import { SluiceError } from '../../errors.ts';
import { cleanText, redactUrl } from '../../redact.ts';

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Follows redirects within the origin, each hop a request of its own to what lies inside. Another origin or scheme,
 * a URL seen before, and more than `maxHops` hops throw `redirect_refused`: an upstream must not send the source's
 * headers elsewhere, nor the run in circles.
 */
export function redirect({ maxHops }: { readonly maxHops: number }): Middleware {
  return (next) =>
    async function redirectMiddleware(request) {
      let current = request;
      // Made for the first redirect: hardly any request meets one.
      let seen: Set<string> | undefined;
      for (;;) {
        const response = await next(current);
        const location = response.headers['location'];
        if (!redirectStatuses.has(response.status) || location === undefined) return response;
        seen ??= new Set([request.url.href]);
        const refuse = (why: string): SluiceError =>
          new SluiceError('redirect_refused', `redirect to ${cleanText(redactUrl(location), 200)} refused: ${why}`, {
            status: response.status,
            url: redactUrl(current.url),
          });
        if (!URL.canParse(location, current.url.href)) throw refuse('not a URL');
        const url = new URL(location, current.url);
        if (url.origin !== request.url.origin) throw refuse('another origin');
        if (seen.has(url.href)) throw refuse('a loop');
        if (seen.size > maxHops) throw refuse(`more than ${maxHops} in a row`);
        seen.add(url.href);
        current = hop(current, response, url);
      }
    };
}

/** The next request, as `fetch` would make it: a POST becomes a GET but for 307 and 308. */
function hop(request: HttpRequest, { status }: HttpResponse, url: URL): HttpRequest {
  const keepsMethod = request.method === 'GET' || status === 307 || status === 308;
  if (keepsMethod) return { ...request, url };
  const { body: _, ...rest } = request;
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !name.toLowerCase().startsWith('content-')),
  );
  return { ...rest, url, method: 'GET', headers };
}
