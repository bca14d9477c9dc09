import { onTestFinished } from 'vitest';
import type { ResolvedSource } from '../../../../core/config/resolved.ts';
import type { Auth } from '../../../../core/contracts/auth.ts';
import type { RunEvent } from '../../../../core/contracts/events.ts';
import { createAuthenticators } from '../../../../core/http/auth/authenticators.ts';
import { createSourceClient } from '../../../../core/http/client.ts';
import { createUndiciTransport } from '../../../../core/http/transports/undici.ts';
import { systemClock } from '../../../../core/system-clock.ts';
import { httpRequest } from '../../../support/http.ts';
import { resolvedSource } from '../../../support/resolved-source.ts';

const quick = { rateLimit: { requests: 1000, perMs: 1000 }, retry: { retries: 2, baseMs: 1, maxMs: 2 } };

/** Clients of one run that all have the same auth, one for each name. */
export function clientsWith(origin: string, auth: Auth, names: readonly string[] = ['shop'], clock = systemClock) {
  const events: RunEvent[] = [];
  const authenticatorOf = createAuthenticators(clock);
  const clients = names.map((name) => {
    const source: ResolvedSource = resolvedSource(origin, { ...quick, name, auth, concurrency: 8 });
    const client = createSourceClient({
      source,
      transportFactory: createUndiciTransport,
      clock: systemClock,
      random: () => 0.5,
      emit: (event) => void events.push(event),
      authenticator: authenticatorOf(source),
    });
    onTestFinished(() => client.close());
    return client;
  });
  const get = (path: string, index = 0) => {
    const client = clients[index];
    if (client === undefined) throw new Error('no such client');
    return client.handle(httpRequest(`${origin}${path}`, { key: path }));
  };
  return { clients, events, get };
}
