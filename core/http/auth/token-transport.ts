import type { ResolvedSource } from '../../config/resolved.ts';
import type { Transport, TransportFactory, TransportOptions } from '../../contracts/http.ts';
import { tokenUrlOf } from './authenticators.ts';

/** The origin that a source gets its tokens from; undefined where it fetches none. */
export function tokenOriginOf({ auth, baseUrl }: Pick<ResolvedSource, 'auth' | 'baseUrl'>): string | undefined {
  return auth?.kind === 'oauth2' ? tokenUrlOf(auth, baseUrl).origin : undefined;
}

/** Opens the transport of a source; where its tokens come from another origin, requests to that go by one of their own. */
export function openTransport(
  factory: TransportFactory,
  tokenOrigin: string | undefined,
  options: TransportOptions,
): Transport {
  const own = factory(options);
  if (tokenOrigin === undefined || tokenOrigin === options.origin) return own;
  // As many connections as slots: a token request holds one of those, and must not queue behind the limiter either.
  const other = factory({ ...options, origin: tokenOrigin });
  return {
    handle: (request) => (request.url.origin === tokenOrigin ? other.handle(request) : own.handle(request)),
    async close() {
      await Promise.all([own.close(), other.close()]);
    },
  };
}
