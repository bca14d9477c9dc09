import type { Middleware } from '../../contracts/http.ts';
import { classify } from '../../errors.ts';
import { createSecretMask, redactUrl } from '../../redact.ts';
import { withoutEcho } from '../auth/echo.ts';

/**
 * Puts the credentials that belong into the query into the URL, for the transport alone: no error, event, log or key
 * is made of a URL that holds them. What the upstream repeats of them is taken out of its answer, so that a link to
 * the next page does not bring them back.
 */
export function secretQuery(): Middleware {
  return (next) =>
    async function secretQueryMiddleware(request) {
      const { secretQuery: query, ...rest } = request;
      if (query === undefined) return next(request);
      const url = new URL(request.url);
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      try {
        const response = await next({ ...rest, url });
        return withoutEcho({ ...response, url: request.url.href }, echoes(query));
      } catch (thrown) {
        request.signal.throwIfAborted();
        const mask = createSecretMask(Object.values(query));
        const error = classify(thrown);
        throw error.with({ message: mask(error.message), url: redactUrl(request.url) });
      }
    };
}

/** How a parameter is written in a URL, and what stays of it: the name, for it is set again. */
function echoes(query: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(query).flatMap(([name, value]) => {
      const form = new URLSearchParams({ [name]: value }).toString();
      const component = `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
      return [form, component, `${name}=${value}`].map((text): [string, string] => [text, `${name}=`]);
    }),
  );
}
