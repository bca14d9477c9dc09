import type { Auth, Credentials, SignedAuth } from '../../contracts/auth.ts';
import type { Handler, HttpRequest } from '../../contracts/http.ts';
import { SluiceError } from '../../errors.ts';

/** Gives each request on the wire what proves who asks. */
export interface Authenticator {
  /** `send` is the way to the wire, limits included, for a request that has to be made first. */
  credentials(request: HttpRequest, send: Handler): Proof | Promise<Proof>;
  /**
   * What to try instead where the upstream refused `proof` with a 401; undefined where there is nothing else. Default:
   * there never is.
   */
  renewed?(proof: Proof, request: HttpRequest, send: Handler): Promise<Proof | undefined>;
  /** The upstream did not refuse it. */
  accepted?(proof: Proof): void;
}

/** Credentials, and what only lives in this run of them. */
export interface Proof extends Credentials {
  /** An access token: it must not come back in an answer that is kept. */
  readonly token?: string;
}

/** What does not change during a run, or is made anew for each request. OAuth 2 has a file of its own. */
export function plainAuthenticator(auth: Exclude<Auth, { readonly kind: 'oauth2' }>): Authenticator {
  if (auth.kind === 'signed') return { credentials: (request) => signed(auth, request) };
  const fixed = fixedCredentials(auth);
  return { credentials: () => fixed };
}

function fixedCredentials(auth: Exclude<Auth, { readonly kind: 'oauth2' | 'signed' }>): Credentials {
  switch (auth.kind) {
    case 'api-key':
      if (auth.query !== undefined) return { query: { [auth.query]: auth.value } };
      return { headers: { [(auth.header ?? '').toLowerCase()]: auth.value } };
    case 'bearer':
      return { headers: { authorization: `Bearer ${auth.token}` } };
    case 'basic':
      return { headers: { authorization: `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}` } };
  }
}

async function signed({ sign, secrets = {} }: SignedAuth, request: HttpRequest): Promise<Credentials> {
  const { method, url, headers, body, attempt } = request;
  let signature: unknown;
  try {
    // A copy of the URL, for it can be changed.
    signature = await sign({ method, url: new URL(url), headers, body, attempt }, secrets);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new SluiceError('auth_failed', `the signing function failed: ${why}`, { cause: thrown });
  }
  const { headers: added, query } = (signature ?? {}) as Credentials;
  if (!isFit(added, headerValue) || !isFit(query, anyText)) {
    const text = 'the signing function must give { headers?, query? }, objects of texts that can be sent';
    throw new SluiceError('auth_failed', text);
  }
  const lower = Object.entries(added ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return { headers: Object.fromEntries(lower) as Record<string, string>, ...(query !== undefined && { query }) };
}

const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;
const anyText = /^/;

function isFit(record: unknown, value: RegExp): boolean {
  if (record === undefined) return true;
  if (typeof record !== 'object' || record === null) return false;
  return Object.values(record).every((one) => typeof one === 'string' && value.test(one));
}
