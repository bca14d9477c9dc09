/** How a source proves who asks. Made by the functions of `sluice/plugin`, or written as plain data in a config. */
export type Auth = ApiKeyAuth | BearerAuth | BasicAuth | OAuth2Auth | SignedAuth;

/** A key in a header or in the query, never in both. */
export interface ApiKeyAuth {
  readonly kind: 'api-key';
  readonly header?: string;
  /** Name of the parameter. It is put into the URL on the wire alone: no log, event, key or file sees it. */
  readonly query?: string;
  readonly value: string;
}

/** `Authorization: Bearer <token>`. */
export interface BearerAuth {
  readonly kind: 'bearer';
  readonly token: string;
}

/** `Authorization: Basic …` (RFC 7617), in UTF-8. */
export interface BasicAuth {
  readonly kind: 'basic';
  readonly user: string;
  readonly password: string;
}

/** An access token that is fetched (RFC 6749), and sent as a bearer. */
export interface OAuth2Auth {
  readonly kind: 'oauth2';
  readonly grant: 'client_credentials' | 'refresh_token';
  /** Absolute, or a path relative to the source's base URL. May be of another origin. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  /** For the grant `refresh_token`: the one to begin with. */
  readonly refreshToken?: string;
  readonly scope?: string;
  /** More parameters of the token request, such as `audience`. */
  readonly params?: Readonly<Record<string, string>>;
  /** Whether the client proves itself by Basic authentication or in the body. Default `basic`. */
  readonly clientAuth?: 'basic' | 'body';
  /** Told of each new refresh token that takes the place of the one before, and waited for. Default: it is kept for this run only. */
  readonly onRotation?: (refreshToken: string) => void | Promise<void>;
}

/** A signature of one's own for every request on the wire. */
export interface SignedAuth {
  readonly kind: 'signed';
  readonly sign: SignRequest;
  /** Values that the function needs: they may hold references, and are kept secret. Default: none. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** A request as the signing function sees it: what goes on the wire next. */
export interface SignableRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** 1 for the first. */
  readonly attempt: number;
}

/** What is added to a request. A query is put into the URL on the wire alone. */
export interface Credentials {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** Called for each attempt and each hop of a redirect. What it throws fails the page. */
export type SignRequest = (
  request: SignableRequest,
  secrets: Readonly<Record<string, string>>,
) => Credentials | Promise<Credentials>;
