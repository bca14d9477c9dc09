import { describe, expect, it } from 'vitest';
import type { HttpRequest, HttpResponse } from '../../../../core/contracts/http.ts';
import { redirect } from '../../../../core/http/middleware/redirect.ts';
import { failureOf, httpRequest, httpResponse } from '../../../support/http.ts';

const origin = 'http://a.test';
/** Answers each path by what the map says of it: a status and where it leads. */
function upstream(map: Record<string, readonly [number, string?]>) {
  const requests: HttpRequest[] = [];
  const handle = redirect({ maxHops: 3 })(async (request): Promise<HttpResponse> => {
    requests.push(request);
    const [status, location] = map[request.url.pathname + request.url.search] ?? [200];
    return httpResponse({ status, url: request.url.href, headers: location === undefined ? {} : { location } });
  });
  return { handle, requests, paths: () => requests.map(({ url }) => url.pathname + url.search) };
}

describe('redirect', () => {
  it.each([301, 302, 303, 307, 308])('follows a %i within the origin', async (status) => {
    const { handle, paths } = upstream({ '/old?page=2': [status, '/new?page=2'] });
    expect(await handle(httpRequest(`${origin}/old?page=2`))).toMatchObject({
      status: 200,
      url: `${origin}/new?page=2`,
    });
    expect(paths()).toEqual(['/old?page=2', '/new?page=2']);
  });

  it('follows relative and absolute locations, up to three in a row, each with the headers of the first', async () => {
    const { handle, requests, paths } = upstream({
      '/x/a': [301, 'b'],
      '/x/b': [302, `${origin}/c`],
      '/c': [307, '?d=1'],
    });
    await handle(httpRequest(`${origin}/x/a`, { headers: { 'x-key': 'k' } }));
    expect(paths()).toEqual(['/x/a', '/x/b', '/c', '/c?d=1']);
    expect(requests.every(({ headers }) => headers['x-key'] === 'k')).toBe(true);
  });

  it.each([
    ['another host', 'http://b.test/'],
    ['another port', 'http://a.test:81/'],
    ['another scheme', 'https://a.test/'],
    ['another host without a scheme', '//b.test/'],
    ['a scheme that is not HTTP', 'file:///etc/passwd'],
    ['something that is no URL', 'http://['],
  ])('refuses %s, and asks nothing further', async (_, location) => {
    const { handle, paths } = upstream({ '/a': [302, location] });
    const failure = await failureOf(handle(httpRequest(`${origin}/a`)));
    expect(failure).toMatchObject({ code: 'redirect_refused', retryable: false, status: 302, url: `${origin}/a` });
    expect(paths()).toEqual(['/a']);
  });

  it('refuses a loop of one and of two', async () => {
    const one = upstream({ '/a': [302, '/a'] });
    expect((await failureOf(one.handle(httpRequest(`${origin}/a`)))).message).toContain('a loop');
    const two = upstream({ '/a': [302, '/b'], '/b': [302, '/a'] });
    expect((await failureOf(two.handle(httpRequest(`${origin}/a`)))).code).toBe('redirect_refused');
    expect(two.paths()).toEqual(['/a', '/b']);
  });

  it('refuses a fourth hop', async () => {
    const { handle, paths } = upstream({ '/0': [302, '/1'], '/1': [302, '/2'], '/2': [302, '/3'], '/3': [302, '/4'] });
    expect((await failureOf(handle(httpRequest(`${origin}/0`)))).message).toContain('more than 3 in a row');
    expect(paths()).toEqual(['/0', '/1', '/2', '/3']);
  });

  it('shows neither secrets nor control characters of the location', async () => {
    const { handle } = upstream({ '/a': [302, 'http://user:pw@b.test/?token=s3cret\u001b[31m'] });
    const { message } = await failureOf(handle(httpRequest(`${origin}/a`)));
    expect(message).toBe('redirect to http://b.test/?token=*** refused: another origin');
  });

  it.each([200, 304, 300, 404])('leaves a %i alone', async (status) => {
    const { handle } = upstream({ '/a': [status, '/b'] });
    expect((await handle(httpRequest(`${origin}/a`))).status).toBe(status);
  });

  it('leaves a redirect without a location alone', async () => {
    expect((await upstream({ '/a': [302] }).handle(httpRequest(`${origin}/a`))).status).toBe(302);
  });

  it.each([
    [303, 'GET', undefined],
    [302, 'GET', undefined],
    [307, 'POST', '{}'],
    [308, 'POST', '{}'],
  ])('answers a %i to a POST by a %s', async (status, method, body) => {
    const { handle, requests } = upstream({ '/a': [status, '/b'] });
    const headers = { 'content-type': 'application/json', 'x-key': 'k' };
    await handle(httpRequest(`${origin}/a`, { method: 'POST', body: '{}', headers }));
    expect(requests[1]).toMatchObject({ method });
    expect(requests[1]?.body).toBe(body);
    expect(requests[1]?.headers).toEqual(method === 'GET' ? { 'x-key': 'k' } : headers);
  });
});
