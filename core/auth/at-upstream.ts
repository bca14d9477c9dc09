import type { Auth } from '../contracts/auth.ts';

/**
 * An auth for a stand-in of the upstream: tokens come from the stand-in too, at the path that they always come from. A
 * run against embedded upstreams must not ask anybody else for one.
 */
export function authAtUpstream(auth: Auth | undefined): Auth | undefined {
  if (auth?.kind !== 'oauth2') return auth;
  const { pathname, search } = new URL(auth.tokenUrl, 'http://upstream');
  return { ...auth, tokenUrl: pathname + search };
}
