import type { HttpRequest, HttpResponse, Middleware } from '../../contracts/http.ts';
import type { Authenticator, Proof } from '../auth/authenticator.ts';
import { withoutEcho } from '../auth/echo.ts';

/** Who proves what to whom. */
export interface AuthenticateOptions {
  readonly authenticator: Authenticator;
  /** Nobody else gets the credentials. */
  readonly origin: string;
}

const unauthorized = 401;

/**
 * Adds credentials to every request on the wire to the source's own origin. A 401 is tried once more where there are
 * others: a token that was withdrawn is renewed. A second 401 is the answer.
 */
export function authenticate({ authenticator, origin }: AuthenticateOptions): Middleware {
  return (next) =>
    async function authenticateMiddleware(request) {
      if (request.url.origin !== origin) return next(request);
      let proof = await authenticator.credentials(request, next);
      let response = await next(proven(request, proof));
      if (response.status === unauthorized) {
        const other = await authenticator.renewed?.(proof, request, next);
        if (other === undefined) return withoutToken(response, proof);
        proof = other;
        response = await next(proven(request, proof));
      }
      if (response.status !== unauthorized) authenticator.accepted?.(proof);
      return withoutToken(response, proof);
    };
}

function proven(request: HttpRequest, { headers, query }: Proof): HttpRequest {
  return {
    ...request,
    ...(headers !== undefined && { headers: { ...request.headers, ...headers } }),
    ...(query !== undefined && { secretQuery: query }),
  };
}

function withoutToken(response: HttpResponse, { token }: Proof): HttpResponse {
  return token === undefined ? response : withoutEcho(response, new Map([[token, '***']]));
}
