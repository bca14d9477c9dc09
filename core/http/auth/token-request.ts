import type { OAuth2Auth } from '../../contracts/auth.ts';
import type { Handler, HttpRequest, HttpResponse } from '../../contracts/http.ts';
import { type ErrorDetails, classify, SluiceError } from '../../errors.ts';
import { cleanText, createSecretMask, redactUrl } from '../../redact.ts';
import { isObject } from '../../unknown.ts';
import { parseRetryAfter } from '../rate-limit-headers.ts';

/** What a token endpoint gave. */
export interface IssuedToken {
  readonly token: string;
  /** Seconds that it is good for; undefined where the endpoint does not say. */
  readonly expiresInS: number | undefined;
  /** Takes the place of the one that was used. */
  readonly refreshToken: string | undefined;
}

/** One request for a token: by whom, where, and on which way to the wire. */
export interface TokenRequest {
  readonly auth: OAuth2Auth;
  readonly url: URL;
  readonly refreshToken: string | undefined;
  readonly send: Handler;
  /** The request that needs the token: it is told as that one's attempt. */
  readonly attempt: number;
  readonly signal: AbortSignal;
}

/** Answers of a token endpoint that may be another one the next time. */
const retryable: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
/** What may stand in `Authorization: Bearer …`; anything else is no token. */
const tokenText = /^[\x21-\x7e]+$/;

/**
 * Asks a token endpoint (RFC 6749, 4.4 and 6). Throws `auth_failed` where it refuses or gives no token, not retryable;
 * `http_<status>` and what the transport throws where asking again can help.
 */
export async function requestToken(options: TokenRequest): Promise<IssuedToken> {
  const { url, send } = options;
  const request = tokenRequest(options);
  let response: HttpResponse;
  try {
    response = await send(request);
  } catch (thrown) {
    options.signal.throwIfAborted();
    const error = classify(thrown);
    throw error.with({ message: `asking for a token: ${error.message}` });
  }
  const { auth, refreshToken } = options;
  const mask = createSecretMask([auth.clientSecret ?? '', refreshToken ?? ''].filter((text) => text !== ''));
  const say = (text: string): string => cleanText(mask(text), 200);
  const answered = `the token endpoint ${redactUrl(url)} answered ${response.status}`;
  const fail = (why: string, details: ErrorDetails = {}): SluiceError =>
    new SluiceError('auth_failed', `${answered}${why}`, { status: response.status, url: redactUrl(url), ...details });

  const body = parsed(response);
  if (retryable.has(response.status)) {
    const retryAfterMs = parseRetryAfter(response.headers['retry-after'], Date.now());
    throw fail('', { retryable: true, retryAfterMs }).with({ code: `http_${response.status}` });
  }
  const { access_token: token, token_type: type = 'bearer', expires_in: expires, refresh_token: next } = body ?? {};
  if (response.status !== 200 && response.status !== 201) {
    const { error, error_description: description } = body ?? {};
    const words = [error, description].filter((text): text is string => typeof text === 'string').map(say);
    throw fail(`${words.length === 0 ? '' : `: ${words.join(', ')}`}; check the credentials in auth`);
  }
  if (body === undefined) throw fail(', but what it sent is no JSON object', { retryable: true });
  if (typeof token !== 'string' || !tokenText.test(token)) throw fail(', but without an access_token that can be sent');
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') {
    throw fail(`, with a token of type ${say(JSON.stringify(type))}, where only bearer tokens can be used`);
  }
  const seconds = Number(expires);
  return {
    token,
    expiresInS: expires !== undefined && expires !== null && seconds > 0 ? seconds : undefined,
    refreshToken: typeof next === 'string' && next !== '' ? next : undefined,
  };
}

function tokenRequest({ auth, url, refreshToken, attempt, signal }: TokenRequest): HttpRequest {
  const { grant, clientId, clientSecret = '', scope, params, clientAuth = 'basic' } = auth;
  const inBody = clientAuth === 'body' || clientSecret === '';
  const form = new URLSearchParams({
    grant_type: grant,
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    ...(scope !== undefined && { scope }),
    ...params,
    ...(inBody && { client_id: clientId }),
    ...(inBody && clientSecret !== '' && { client_secret: clientSecret }),
  });
  // Each half is encoded as in a form before they are joined (RFC 6749, 2.3.1).
  const pair = [clientId, clientSecret].map((text) => new URLSearchParams({ a: text }).toString().slice(2)).join(':');
  return {
    key: 'token',
    url,
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...(!inBody && { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }),
    },
    body: form.toString(),
    attempt,
    signal,
  };
}

function parsed({ body }: HttpResponse): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
