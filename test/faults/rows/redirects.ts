/* oxlint-disable vitest/no-standalone-expect -- each of them is called within the test of its row */
import { expect } from 'vitest';
import type { FaultServer } from '../../support/fault-server.ts';
import { httpServer } from '../../support/fault-server.ts';
import { upstreamRows, type Surroundings, type UpstreamRowOptions } from '../upstream-row.ts';

type Target = (path: string, around: Surroundings) => string | undefined;

/** An upstream that redirects as `target` says, and answers where it says nothing. */
function redirecting(target: Target, status = 302): UpstreamRowOptions['upstream'] {
  return (around): Promise<FaultServer> =>
    httpServer((request, response) => {
      const location = target(request.url ?? '', around);
      if (location !== undefined) return void response.writeHead(status, { location }).end();
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('[{"id":1,"title":"one"}]');
    });
}

const refused = 'exit 3, failed, 0 records, 1 request, redirect_refused';
const secrets = { headers: { authorization: 'Bearer of-the-faulty-source', 'x-api-key': 'also-of-the-faulty-source' } };

/** To another place: the row before all others sees to it that nothing arrives there. */
const away = (fault: string, target: Target, status?: number): UpstreamRowOptions => ({
  fault,
  expected: refused,
  settings: secrets,
  upstream: redirecting(target, status),
  check: ({ report }) => expect(JSON.stringify(report)).not.toContain('of-the-faulty-source'),
});

export const redirectRows = upstreamRows('redirects', [
  {
    fault: 'within the origin',
    expected: 'exit 0, complete, 1 record, 3 requests',
    upstream: redirecting((path) => ({ '/items': '/v2/items', '/v2/items': 'latest' })[path]),
  },
  {
    fault: 'in a loop',
    expected: 'exit 3, failed, 0 records, 2 requests, redirect_refused',
    upstream: redirecting((path) => (path === '/items' ? '/other' : '/items')),
  },
  {
    fault: 'to itself',
    expected: refused,
    upstream: redirecting(() => '/items'),
  },
  {
    fault: 'further and further',
    expected: 'exit 3, failed, 0 records, 4 requests, redirect_refused',
    upstream: redirecting((path) => `${path}/on`),
  },
  away('to another origin, with credentials', (_, { trap }) => `${trap.origin}/items`),
  away('to another origin, permanently', (_, { trap }) => `${trap.origin}/items`, 308),
  away('to another origin without a scheme', (_, { trap }) => `//127.0.0.1:${trap.port}/items`),
  away('to another name of this machine', (_, { trap }) => `http://localhost:${trap.port}/items`),
  away('to another scheme', () => 'https://127.0.0.1/items'),
  away('to a file', () => 'file:///etc/passwd'),
  away('to the metadata service of a cloud', () => 'http://169.254.169.254/latest/meta-data/'),
  away('to a private address', () => 'http://10.0.0.1/'),
  away('to what is no URL', () => 'http://[::1'),
  {
    fault: 'without a Location',
    expected: 'exit 3, failed, 0 records, 1 request, http_302',
    upstream: () => httpServer((_, response) => void response.writeHead(302).end()),
  },
]);
