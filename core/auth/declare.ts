/** What authors declare their credentials by. Every text may hold `${NAME}` and `${file:PATH}`, as those of a config. */
import type { ApiKeyAuth, BasicAuth, BearerAuth, OAuth2Auth, SignedAuth, SignRequest } from '../contracts/auth.ts';

/** Declares a key that is sent in a header, or as a parameter of the query. */
export function apiKey(
  options: { readonly header: string; readonly value: string } | { readonly query: string; readonly value: string },
): ApiKeyAuth {
  return { kind: 'api-key', ...options };
}

/** Declares a token that is sent as `Authorization: Bearer …`. */
export function bearer(token: string): BearerAuth {
  return { kind: 'bearer', token };
}

/** Declares a user and a password. Default: an empty password, as where a key is sent for the user. */
export function basic(user: string, password = ''): BasicAuth {
  return { kind: 'basic', user, password };
}

/** Options of a token that the client gets for itself. */
export type ClientCredentialsOptions = Omit<OAuth2Auth, 'kind' | 'grant' | 'refreshToken' | 'onRotation'> & {
  readonly clientSecret: string;
};

/** Declares OAuth 2 client credentials (RFC 6749, 4.4): one token for all requests, renewed before it expires and after a 401. */
export function oauth2ClientCredentials(options: ClientCredentialsOptions): OAuth2Auth {
  return { kind: 'oauth2', grant: 'client_credentials', ...options };
}

/** Options of a token that stands for somebody who has agreed to it. */
export type RefreshTokenOptions = Omit<OAuth2Auth, 'kind' | 'grant'> & { readonly refreshToken: string };

/** Declares an OAuth 2 refresh token (RFC 6749, 6). Where the endpoint gives a new one each time, the new one is used from then on. */
export function oauth2RefreshToken(options: RefreshTokenOptions): OAuth2Auth {
  return { kind: 'oauth2', grant: 'refresh_token', ...options };
}

/** Declares a signature of one's own. `secrets` are handed to the function with their references resolved. */
export function signedRequests(sign: SignRequest, secrets: Readonly<Record<string, string>> = {}): SignedAuth {
  return { kind: 'signed', sign, secrets };
}
