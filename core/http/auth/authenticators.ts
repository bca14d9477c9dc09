import type { ResolvedSource } from '../../config/resolved.ts';
import type { OAuth2Auth } from '../../contracts/auth.ts';
import type { Clock } from '../../contracts/clock.ts';
import type { Handler, HttpRequest } from '../../contracts/http.ts';
import { type Authenticator, plainAuthenticator, type Proof } from './authenticator.ts';
import { type AccessToken, createTokenStore, type TokenStore } from './token-store.ts';

/** Where a source gets its tokens, absolute. */
export function tokenUrlOf({ tokenUrl }: OAuth2Auth, baseUrl: string): URL {
  return new URL(tokenUrl, baseUrl);
}

/** Gives each source of a run its authenticator: sources with the same OAuth 2 credentials share one token. */
export function createAuthenticators(clock: Clock) {
  const stores = new Map<string, TokenStore>();
  const told: OAuth2Auth['onRotation'][] = [];

  /** Two functions told of rotations are two auths: each would miss what the other is told. */
  function numberOf(onRotation: OAuth2Auth['onRotation']): number {
    if (!told.includes(onRotation)) told.push(onRotation);
    return told.indexOf(onRotation);
  }

  return ({ auth, baseUrl }: Pick<ResolvedSource, 'auth' | 'baseUrl'>): Authenticator | undefined => {
    if (auth === undefined) return undefined;
    if (auth.kind !== 'oauth2') return plainAuthenticator(auth);
    const url = tokenUrlOf(auth, baseUrl);
    const same = JSON.stringify([url.href, auth, numberOf(auth.onRotation)]);
    const store = stores.get(same) ?? createTokenStore(auth, url, clock);
    stores.set(same, store);
    return tokenAuthenticator(store);
  };
}

function tokenAuthenticator(store: TokenStore): Authenticator {
  const tokens = new WeakMap<Proof, AccessToken>();
  const asking = ({ attempt, signal }: HttpRequest, send: Handler) => ({ send, attempt, signal });

  function proofOf(token: AccessToken): Proof {
    const proof = { headers: { authorization: `Bearer ${token.value}` }, token: token.value };
    tokens.set(proof, token);
    return proof;
  }

  return {
    async credentials(request, send) {
      return proofOf(await store.current(asking(request, send)));
    },
    async renewed(proof, request, send) {
      const token = tokens.get(proof);
      const other = token === undefined ? undefined : await store.renewed(token, asking(request, send));
      return other === undefined ? undefined : proofOf(other);
    },
    accepted(proof) {
      const token = tokens.get(proof);
      if (token !== undefined) token.accepted = true;
    },
  };
}
