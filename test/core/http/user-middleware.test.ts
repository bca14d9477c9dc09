import { describe, expect, it, onTestFinished } from 'vitest';
import type { Handler } from '../../../core/contracts/http.ts';
import type { NamedMiddleware } from '../../../core/contracts/middleware.ts';
import type { RunEvent } from '../../../core/contracts/events.ts';
import { SluiceError } from '../../../core/errors.ts';
import { createAuthenticators } from '../../../core/http/auth/authenticators.ts';
import { createSourceClient } from '../../../core/http/client.ts';
import { createUndiciTransport } from '../../../core/http/transports/undici.ts';
import { defineMiddleware, type MiddlewarePlace, oauth2ClientCredentials } from '../../../core/plugin.ts';
import { systemClock } from '../../../core/system-clock.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { failureOf, httpRequest, httpResponse } from '../../support/http.ts';
import { serve } from '../../support/oauth-server.ts';
import { resolvedSource } from '../../support/resolved-source.ts';

const origin = 'http://shop.test';

/** Notes what passes, and marks it with a header, so that those further in see who was there before. */
function noting(name: string, place: MiddlewarePlace | undefined, seen: string[]): NamedMiddleware {
  return defineMiddleware({
    name,
    ...(place !== undefined && { place }),
    wrap: (next) => async (request) => {
      seen.push(`${name} ${request.attempt} ${request.method} ${request.url.pathname}`);
      const response = await next({ ...request, headers: { ...request.headers, [`x-${name}`]: 'was here' } });
      seen.push(`${name} got ${response.status}`);
      return response;
    },
  });
}

function clientWith(middleware: readonly NamedMiddleware[], upstream: Handler, concurrency = 4) {
  const clock = fakeClock();
  const sentAt: number[] = [];
  const start = clock.now();
  const client = createSourceClient({
    source: resolvedSource(origin, {
      middleware,
      concurrency,
      rateLimit: { requests: 2, perMs: 1000 },
      rateLimitMarginMs: 0,
    }),
    transportFactory: () => ({
      async handle(request) {
        request.onPhase?.('sent');
        sentAt.push(clock.now() - start);
        return upstream(request);
      },
      close: async () => undefined,
    }),
    clock,
    random: () => 0,
    emit: () => undefined,
  });
  return { clock, sentAt, handle: client.handle, get: (path = '/') => client.handle(httpRequest(`${origin}${path}`)) };
}

describe('a middleware', () => {
  it.each(['run', 'attempt', 'hop'] as const)('that never answers at %s holds up no stop', async (place) => {
    const stuck = defineMiddleware({ name: 'stuck', place, wrap: () => () => new Promise(() => undefined) });
    const { handle } = clientWith([stuck], async () => httpResponse());
    const stop = new AbortController();
    const failure = failureOf(handle({ ...httpRequest(`${origin}/`), signal: stop.signal }));
    stop.abort(new SluiceError('interrupted', 'the run was interrupted'));
    expect(await failure).toMatchObject({ code: 'interrupted' });
  });

  it('sees what its place sees: a page once, each attempt, each request on the wire', async () => {
    const seen: string[] = [];
    const tokens = { issued: 0 };
    let asked = 0;
    const server = await serve(({ url }) => {
      if (url === '/token') return { body: { access_token: `t${(tokens.issued += 1)}` } };
      asked += 1;
      if (asked === 1) return { status: 503 };
      return url === '/old' ? { status: 302, headers: { location: '/new' } } : {};
    });
    const source = resolvedSource(server.origin, {
      auth: oauth2ClientCredentials({ tokenUrl: '/token', clientId: 'me', clientSecret: 'secret' }),
      retry: { retries: 2, baseMs: 1, maxMs: 1 },
      rateLimit: { requests: 100, perMs: 100 },
      middleware: [noting('wire', 'hop', seen), noting('tries', undefined, seen), noting('page', 'run', seen)],
    });
    const events: RunEvent[] = [];
    const client = createSourceClient({
      source,
      transportFactory: createUndiciTransport,
      clock: systemClock,
      random: () => 0,
      emit: (event) => void events.push(event),
      authenticator: createAuthenticators(systemClock)(source),
    });
    onTestFinished(() => client.close());
    await client.handle(httpRequest(`${server.origin}/old`));
    expect(seen).toEqual([
      'page 1 GET /old',
      'tries 1 GET /old',
      'wire 1 POST /token',
      'wire got 200',
      'wire 1 GET /old',
      'wire got 503',
      'tries got 503',
      'tries 2 GET /old',
      'wire 2 GET /old',
      'wire got 302',
      'wire 2 GET /new',
      'wire got 200',
      'tries got 200',
      'page got 200',
    ]);
    expect(server.seen.at(-1)?.headers).toMatchObject({
      'x-page': 'was here',
      'x-tries': 'was here',
      'x-wire': 'was here',
      authorization: 'Bearer t1',
    });
    // Each request on the wire is an attempt that is told, so none went past the limits.
    expect(events.filter(({ type }) => type === 'attempt')).toHaveLength(server.seen.length);
  });

  it('of one place stands in the order of the list, first is outermost', async () => {
    const seen: string[] = [];
    const { clock, get } = clientWith([noting('a', 'hop', seen), noting('b', 'hop', seen)], async () => httpResponse());
    await clock.run(get());
    expect(seen.map((line) => line.slice(0, 5))).toEqual(['a 1 G', 'b 1 G', 'b got', 'a got']);
  });

  it.each(['run', 'attempt', 'hop'] as const)(
    'of the place %s can ask for nothing behind the limiter',
    async (place) => {
      const greedy = defineMiddleware({
        name: 'greedy',
        place,
        wrap: (next) => async (request) => {
          for (let extra = 0; extra < 4; extra++) await next(request);
          return next(request);
        },
      });
      const { clock, sentAt, get } = clientWith([greedy], async () => httpResponse());
      await clock.run(get());
      expect(sentAt).toEqual([0, 0, 1000, 1000, 2000]);
    },
  );

  it.each(['run', 'attempt', 'hop'] as const)(
    'of the place %s that throws fails its page, and says who it was',
    async (place) => {
      const broken = defineMiddleware({
        name: 'broken',
        place,
        wrap: (next) => async (request) => {
          if (request.url.pathname === '/bad') throw new TypeError('no such thing');
          return next(request);
        },
      });
      const { clock, sentAt, get } = clientWith([broken], async () => httpResponse());
      expect(await clock.run(failureOf(get('/bad')))).toMatchObject({
        code: 'internal_error',
        message: 'middleware "broken": no such thing',
      });
      expect((await clock.run(get('/good'))).status).toBe(200);
      expect(sentAt).toHaveLength(1);
    },
  );

  it.each([
    ['gives no response', { wrap: () => async () => undefined }, 'gave no response'],
    ['gives no handler', { wrap: () => undefined }, 'wrap must return a function'],
    [
      'throws when it is made',
      {
        wrap: () => {
          throw new Error('not today');
        },
      },
      'not today',
    ],
  ])('that %s fails its pages with plugin_invalid', async (_, part, words) => {
    const middleware = { name: 'odd', ...part } as unknown as NamedMiddleware;
    const { clock, get } = clientWith([middleware], async () => httpResponse());
    const { code, message } = await clock.run(failureOf(get()));
    expect(code).toBe('plugin_invalid');
    expect(message).toContain(words);
  });

  it('may answer by itself, and nobody is asked', async () => {
    const cache = defineMiddleware({
      name: 'cache',
      place: 'run',
      wrap: () => async () => httpResponse({ status: 203 }),
    });
    const { clock, sentAt, get } = clientWith([cache], async () => httpResponse());
    expect((await clock.run(get())).status).toBe(203);
    expect(sentAt).toEqual([]);
  });
});
