import { describe, expect, it } from 'vitest';
import { oauth2ClientCredentials, oauth2RefreshToken } from '../../../../core/plugin.ts';
import { systemClock } from '../../../../core/system-clock.ts';
import { failureOf, textOf } from '../../../support/http.ts';
import { serve, tokenEndpoint } from '../../../support/oauth-server.ts';
import { clientsWith } from './clients.ts';

const client = { clientId: 'me', clientSecret: 'open sesame & co' };
const pages = Array.from({ length: 20 }, (_, page) => `/items?page=${page}`);

/** An upstream that gives tokens at /token, and pages to who has one that is good. */
async function guarded(tokens = tokenEndpoint()) {
  const server = await serve((seen) => {
    if (seen.url === '/token') return tokens.issue();
    return tokens.accepts(seen) ? { body: [{ id: 1 }] } : { status: 401, body: { error: 'who are you?' } };
  });
  return { ...server, tokens };
}

describe('OAuth 2 client credentials', () => {
  it('fetch one token for all requests of all sources that have the same', async () => {
    const { origin, seen, tokens } = await guarded();
    const { get } = clientsWith(origin, oauth2ClientCredentials({ ...client, tokenUrl: '/token', scope: 'read' }), [
      'a',
      'b',
    ]);
    await Promise.all(pages.map((page, index) => get(page, index % 2)));
    expect(tokens.issued).toHaveLength(1);
    const [first] = seen;
    expect(first).toMatchObject({ method: 'POST', body: 'grant_type=client_credentials&scope=read' });
    // The halves are encoded as in a form (RFC 6749, 2.3.1).
    const pair = Buffer.from('me:open+sesame+%26+co').toString('base64');
    expect(first?.headers).toMatchObject({
      authorization: `Basic ${pair}`,
      'content-type': 'application/x-www-form-urlencoded',
    });
  });

  it('go into the body where the endpoint wants them there, with more parameters', async () => {
    const { origin, seen } = await guarded();
    const auth = oauth2ClientCredentials({
      ...client,
      tokenUrl: '/token',
      clientAuth: 'body',
      params: { audience: 'shop' },
    });
    await clientsWith(origin, auth).get('/items');
    expect(seen[0]?.headers.authorization).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(seen[0]?.body))).toEqual({
      grant_type: 'client_credentials',
      audience: 'shop',
      client_id: 'me',
      client_secret: 'open sesame & co',
    });
  });

  it('are given to an endpoint of another origin, and the token is not', async () => {
    const tokens = tokenEndpoint();
    const other = await serve(() => tokens.issue());
    const upstream = await serve((seen) => (tokens.accepts(seen) ? {} : { status: 401 }));
    const { get } = clientsWith(
      upstream.origin,
      oauth2ClientCredentials({ ...client, tokenUrl: `${other.origin}/token` }),
    );
    await get('/items');
    expect(other.seen.map(({ url }) => url)).toEqual(['/token']);
    expect(upstream.seen.map(({ url }) => url)).toEqual(['/items']);
  });

  it('renew the token before it expires', async () => {
    const { origin, seen, tokens } = await guarded(tokenEndpoint({ expiresIn: '100' }));
    let shift = 0;
    const clock = { ...systemClock, now: () => systemClock.now() + shift };
    const { get } = clientsWith(origin, oauth2ClientCredentials({ ...client, tokenUrl: '/token' }), ['shop'], clock);
    await get('/items');
    shift = 89_000;
    await get('/items');
    expect(tokens.issued).toHaveLength(1);
    shift = 90_100;
    await Promise.all(pages.map((page) => get(page)));
    expect(tokens.issued).toHaveLength(2);
    expect(seen.filter(({ headers }) => headers.authorization === 'Bearer access-token-1')).toHaveLength(2);
  });

  it('renew a token that was withdrawn, once, however many requests had it refused', async () => {
    const { origin, tokens } = await guarded();
    const { get } = clientsWith(origin, oauth2ClientCredentials({ ...client, tokenUrl: '/token' }), ['a', 'b']);
    await get('/items');
    for (let round = 2; round < 5; round++) {
      tokens.good.clear();
      const answers = await Promise.all(pages.map((page, index) => get(page, index % 2)));
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      expect(tokens.issued).toHaveLength(round);
    }
  });

  it('end with auth_failed where a fresh token is refused as well, without asking for ever', async () => {
    const tokens = tokenEndpoint();
    const { origin, seen } = await serve(({ url }) => (url === '/token' ? tokens.issue() : { status: 401 }));
    const { get } = clientsWith(origin, oauth2ClientCredentials({ ...client, tokenUrl: '/token' }));
    expect(await failureOf(get('/items'))).toMatchObject({ code: 'auth_failed', status: 401, attempts: 1 });
    for (const page of pages.slice(0, 5)) expect((await failureOf(get(page))).code).toBe('auth_failed');
    expect(tokens.issued).toHaveLength(2);
    expect(seen.length).toBeLessThanOrEqual(2 + 2 + 5 * 1);
  });

  it('that are wrong end with auth_failed and the words of the endpoint, and it is asked once', async () => {
    const { origin, seen } = await serve(() => ({
      status: 401,
      body: { error: 'invalid_client', error_description: 'no such client: open sesame & co' },
    }));
    const { get } = clientsWith(origin, oauth2ClientCredentials({ ...client, tokenUrl: '/token' }), ['a', 'b']);
    const failures = await Promise.all(pages.map((page, index) => failureOf(get(page, index % 2))));
    for (const { code, message, retryable } of failures) {
      expect([code, retryable]).toEqual(['auth_failed', false]);
      expect(message).toContain('/token answered 401: invalid_client, no such client: ***');
    }
    expect((await failureOf(get('/later'))).code).toBe('auth_failed');
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['no token', { body: { token_type: 'bearer' } }, 'without an access_token'],
    ['a token that no header can hold', { body: { access_token: 'a\nb' } }, 'without an access_token'],
    ['a token of another type', { body: { access_token: 'abc', token_type: 'mac' } }, 'a token of type "mac"'],
    ['no JSON', { body: '<html>' }, 'no JSON object'],
    ['a redirect', { status: 302, headers: { location: '/elsewhere' } }, 'answered 302'],
  ])('say so where the endpoint gives %s', async (_, reply, words) => {
    const { origin } = await serve(() => reply);
    const { get } = clientsWith(origin, oauth2ClientCredentials({ ...client, tokenUrl: '/token' }));
    const { code, message } = await failureOf(get('/items'));
    expect(code).toBe('auth_failed');
    expect(message).toContain(words);
  });

  it('try again where the endpoint stumbles, as for any request', async () => {
    const tokens = tokenEndpoint();
    let asked = 0;
    const { origin } = await serve((seen) => {
      if (seen.url !== '/token') return tokens.accepts(seen) ? {} : { status: 401 };
      asked += 1;
      return [undefined, { status: 503 }][asked - 1] ?? (asked > 2 ? tokens.issue() : undefined);
    });
    const { get, events } = clientsWith(origin, oauth2ClientCredentials({ ...client, tokenUrl: '/token' }));
    expect((await get('/items')).attempts).toBe(3);
    expect(events.flatMap((event) => (event.type === 'retry' ? [event.error] : []))).toEqual([
      'network_error',
      'http_503',
    ]);
  });

  it('end where the endpoint is dead, with its failure, and open the breaker', async () => {
    const dead = await serve(() => undefined);
    const { origin, seen } = await serve(() => ({}));
    const { get, clients } = clientsWith(
      origin,
      oauth2ClientCredentials({ ...client, tokenUrl: `${dead.origin}/token` }),
    );
    const { code, message } = await failureOf(get('/items'));
    expect(code).toBe('network_error');
    expect(message).toContain('asking for a token: ');
    await failureOf(get('/items?again'));
    expect(clients[0]?.breaker.state).toBe('open');
    expect(seen).toEqual([]);
    expect(dead.seen.length).toBeLessThanOrEqual(6);
  });

  it('take a place of the rate limit for the token request too, and are told as an attempt', async () => {
    const { origin } = await guarded();
    const { get, events } = clientsWith(origin, oauth2ClientCredentials({ ...client, tokenUrl: '/token' }));
    await get('/items');
    expect(events.filter(({ type }) => type === 'attempt')).toMatchObject([
      { key: 'token', url: `${origin}/token`, status: 200 },
      { key: '/items', status: 200 },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/access-token|sesame/);
  });

  it('never come back in an answer that repeats the token', async () => {
    const tokens = tokenEndpoint();
    const { origin } = await serve((seen) =>
      seen.url === '/token'
        ? tokens.issue()
        : {
            headers: { 'x-you-are': String(seen.headers.authorization) },
            body: [{ id: 1, auth: seen.headers.authorization }],
          },
    );
    const { get } = clientsWith(origin, oauth2ClientCredentials({ ...client, tokenUrl: '/token' }));
    const response = await get('/items');
    expect(textOf(response)).toBe('[{"id":1,"auth":"Bearer ***"}]');
    expect(response.headers['x-you-are']).toBe('Bearer ***');
  });

  it('of one source do not fail by what ends another', async () => {
    const tokens = tokenEndpoint();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let asked = 0;
    const { origin } = await serve(async (seen) => {
      if (seen.url !== '/token') return tokens.accepts(seen) ? {} : { status: 401 };
      asked += 1;
      if (asked === 1) await held;
      return tokens.issue();
    });
    const { get, clients } = clientsWith(origin, oauth2ClientCredentials({ ...client, tokenUrl: '/token' }), [
      'a',
      'b',
    ]);
    const ended = failureOf(get('/of-a', 0));
    await expect.poll(() => asked).toBe(1);
    const other = get('/of-b', 1);
    await clients[0]?.close();
    expect((await other).status).toBe(200);
    expect((await other).attempts).toBe(1);
    await ended;
    release();
  });
});

describe('an OAuth 2 refresh token', () => {
  it('is used, and the one that takes its place from then on', async () => {
    const rotated: string[] = [];
    const tokens = tokenEndpoint();
    let expected = 'refresh-0';
    const { origin, seen } = await serve((one) => {
      if (one.url !== '/token') return tokens.accepts(one) ? {} : { status: 401 };
      const form = new URLSearchParams(one.body);
      if (form.get('refresh_token') !== expected) return { status: 400, body: { error: 'invalid_grant' } };
      expected = `refresh-${tokens.issued.length + 1}`;
      const { body } = tokens.issue();
      return { body: { ...(body as object), refresh_token: expected } };
    });
    const auth = oauth2RefreshToken({
      clientId: 'me',
      tokenUrl: '/token',
      refreshToken: 'refresh-0',
      onRotation: (token) => void rotated.push(token),
    });
    const { get } = clientsWith(origin, auth);
    for (let round = 0; round < 3; round++) {
      tokens.good.clear();
      await Promise.all(pages.map((page) => get(page)));
    }
    expect(tokens.issued).toHaveLength(3);
    expect(rotated).toEqual(['refresh-1', 'refresh-2', 'refresh-3']);
    expect(seen[0]?.body).toBe('grant_type=refresh_token&refresh_token=refresh-0&client_id=me');
  });

  it('that can’t be kept is told by the page that had it renewed; the others go on with the token', async () => {
    const tokens = tokenEndpoint();
    const { origin } = await serve((one) =>
      one.url === '/token'
        ? { body: { ...(tokens.issue().body as object), refresh_token: 'refresh-1' } }
        : tokens.accepts(one)
          ? {}
          : { status: 401 },
    );
    const onRotation = () => Promise.reject(new Error('disk full'));
    const auth = oauth2RefreshToken({ clientId: 'me', tokenUrl: '/token', refreshToken: 'refresh-0', onRotation });
    const { get } = clientsWith(origin, auth);
    expect(await failureOf(get('/first'))).toMatchObject({
      code: 'plugin_invalid',
      message: expect.stringMatching(/onRotation threw.*disk full/) as string,
    });
    expect(await get('/second')).toMatchObject({ status: 200 });
    expect(tokens.issued).toHaveLength(1);
  });

  it('that is no longer good ends with auth_failed', async () => {
    const { origin, seen } = await serve(() => ({ status: 400, body: { error: 'invalid_grant' } }));
    const auth = oauth2RefreshToken({ clientId: 'me', tokenUrl: '/token', refreshToken: 'stale' });
    const { get } = clientsWith(origin, auth);
    expect((await failureOf(get('/items'))).message).toContain('invalid_grant');
    expect((await failureOf(get('/items'))).code).toBe('auth_failed');
    expect(seen).toHaveLength(1);
  });
});
