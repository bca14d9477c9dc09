import { describe, expect, it } from 'vitest';
import { apiKey, basic, bearer, type SignableRequest, signedRequests } from '../../../../core/plugin.ts';
import { failureOf, httpRequest, textOf } from '../../../support/http.ts';
import { serve } from '../../../support/oauth-server.ts';
import { clientsWith } from './clients.ts';

const secret = 'k3y/of me+1';

describe('credentials that stay the same', () => {
  it.each([
    ['a key in a header', apiKey({ header: 'X-Api-Key', value: 'k3y' }), 'x-api-key', 'k3y'],
    ['a bearer', bearer('t0ken'), 'authorization', 'Bearer t0ken'],
    ['basic', basic('me', 'p:ä'), 'authorization', `Basic ${Buffer.from('me:p:ä').toString('base64')}`],
    ['a key for a user', basic('k3y'), 'authorization', `Basic ${Buffer.from('k3y:').toString('base64')}`],
  ])('are sent with every request, redirects included: %s', async (_, auth, header, value) => {
    const { origin, seen } = await serve(({ url }) =>
      url === '/old' ? { status: 302, headers: { location: '/new' } } : {},
    );
    await clientsWith(origin, auth).get('/old');
    expect(seen.map(({ url, headers }) => [url, headers[header]])).toEqual([
      ['/old', value],
      ['/new', value],
    ]);
  });

  it('are not given to another origin', async () => {
    const other = await serve(() => ({}));
    const { origin } = await serve(() => ({}));
    const { clients } = clientsWith(origin, bearer('t0ken'));
    const elsewhere = clients[0]?.handle(httpRequest(`${other.origin}/items`)) ?? Promise.reject(new Error('none'));
    expect((await failureOf(elsewhere)).code).toBe('cross_origin');
    expect(other.seen).toEqual([]);
  });

  it('that are refused end with auth_failed at once', async () => {
    const { origin, seen } = await serve(() => ({ status: 401 }));
    const { code, message } = await failureOf(clientsWith(origin, bearer('t0ken')).get('/items'));
    expect([code, seen.length]).toEqual(['auth_failed', 1]);
    expect(message).toContain('it does not accept the credentials in auth');
  });
});

describe('a key in the query', () => {
  const auth = apiKey({ query: 'k', value: secret });

  it('is on the wire, and in no event and no answer', async () => {
    const encoded = encodeURIComponent(secret);
    const { origin, seen } = await serve(({ url }) => ({
      headers: { link: `<${url}&page=2>; rel="next"` },
      body: { next: url, again: `/items?page=3&k=${encoded}`, count: 1 },
    }));
    const { get, events } = clientsWith(origin, auth);
    const response = await get('/items?page=1');
    expect(new URL(seen[0]?.url ?? '', origin).searchParams.get('k')).toBe(secret);
    expect(response.url).toBe(`${origin}/items?page=1`);
    expect(response.headers['link']).toBe('</items?page=1&k=&page=2>; rel="next"');
    expect(JSON.parse(textOf(response))).toEqual({ next: '/items?page=1&k=', again: '/items?page=3&k=', count: 1 });
    expect(JSON.stringify([response.headers, events])).not.toMatch(/k3y/);
  });

  it('takes the place of one that stands in a link', async () => {
    const { origin, seen } = await serve(() => ({}));
    await clientsWith(origin, auth).get('/items?k=&page=2');
    expect(new URL(seen[0]?.url ?? '', origin).searchParams.getAll('k')).toEqual([secret]);
  });

  it('survives a redirect that repeats it, and is in no error', async () => {
    const { origin, seen } = await serve(({ url }) =>
      url.startsWith('/old') ? { status: 302, headers: { location: url.replace('/old', '/new') } } : undefined,
    );
    const { get, events } = clientsWith(origin, auth);
    const error = await failureOf(get('/old?page=1'));
    expect(error.code).toBe('network_error');
    expect(seen.map(({ url }) => new URL(url, origin).searchParams.get('k'))).toContain(secret);
    expect(JSON.stringify([error, error.message, error.url, events])).not.toMatch(/k3y/);
  });

  it('leaves an answer alone that holds the same word by chance', async () => {
    const { origin } = await serve(() => ({ body: [{ id: 1, title: secret }] }));
    expect(textOf(await clientsWith(origin, auth).get('/items'))).toBe(`[{"id":1,"title":"${secret}"}]`);
  });
});

describe('a signing function', () => {
  it('sees method, URL, headers and body of each attempt and each hop, and what it returns is sent', async () => {
    const asked: SignableRequest[] = [];
    let times = 0;
    const { origin, seen } = await serve(({ url }) => {
      times += 1;
      if (times === 1) return { status: 503 };
      return url.startsWith('/old') ? { status: 307, headers: { location: '/new' } } : {};
    });
    const auth = signedRequests(
      (request, { key }) => {
        asked.push(request);
        return { headers: { 'X-Signature': `${request.url.pathname} by ${key}` }, query: { sig: 's1' } };
      },
      { key: 'k3y' },
    );
    const { clients } = clientsWith(origin, auth);
    const body = '{"page":1}';
    await clients[0]?.handle(
      httpRequest(`${origin}/old`, { method: 'POST', body, headers: { 'content-type': 'application/json' } }),
    );
    expect(asked.map(({ method, url, body: sent, attempt }) => [method, url.pathname, sent, attempt])).toEqual([
      ['POST', '/old', body, 1],
      ['POST', '/old', body, 2],
      ['POST', '/new', body, 2],
    ]);
    expect(asked[0]?.headers).toMatchObject({ 'content-type': 'application/json', accept: 'application/json' });
    expect(seen.map(({ url, headers }) => [url, headers['x-signature']])).toEqual([
      ['/old?sig=s1', '/old by k3y'],
      ['/old?sig=s1', '/old by k3y'],
      ['/new?sig=s1', '/new by k3y'],
    ]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no key');
      },
      'the signing function failed: no key',
    ],
    ['gives a header that can not be sent', () => ({ headers: { a: 'b\nc' } }), 'must give { headers?, query? }'],
  ])('that %s fails the page, and nothing is sent', async (_, sign, words) => {
    const { origin, seen } = await serve(() => ({}));
    const { code, message } = await failureOf(clientsWith(origin, signedRequests(sign)).get('/items'));
    expect([code, seen]).toEqual(['auth_failed', []]);
    expect(message).toContain(words);
  });
});
