import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import type { MockApi } from '../../../core/contracts/mock.ts';
import { faultKinds } from '../../../core/mock/faults.ts';
import { startMockUpstream, type MockUpstream, type MockOptions } from '../../../core/mock/server.ts';

const api: MockApi = {
  name: 'test',
  items: 1,
  path: '/',
  encodings: ['gzip'],
  create: () => () => ({ status: 200, body: { text: 'abc '.repeat(1000) } }),
};

const open: MockUpstream[] = [];
async function start(options: MockOptions): Promise<MockUpstream> {
  const upstream = await startMockUpstream(api, options);
  open.push(upstream);
  return upstream;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((upstream) => upstream.close()));
});

/** How a request ends, in one word. */
async function outcome(url: string): Promise<string> {
  try {
    const { statusCode, body } = await request(url);
    await body.text();
    return String(statusCode);
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

describe('faults of an embedded upstream', () => {
  it.each([
    ['status-500', 500],
    ['status-503', 503],
  ] as const)('%s answers with that status and a message', async (kind, status) => {
    const { url } = await start({ errorRate: 1, faults: [kind] });
    const response = await fetch(url);
    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty('message');
  });

  it('status-429 says when to come back', async () => {
    const { url } = await start({ errorRate: 1, faults: ['status-429'] });
    const response = await fetch(url);
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1']);
  });

  it('reset ends the connection without an answer', async () => {
    const { url } = await start({ errorRate: 1, faults: ['reset'] });
    await expect(request(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('stall takes the request and never answers, and does not keep the server from closing', async () => {
    const upstream = await start({ errorRate: 1, faults: ['stall'] });
    let ended = false;
    const stalled = outcome(upstream.url).finally(() => (ended = true));
    while (upstream.requests === 0) await sleep(1);
    await sleep(30);
    expect(ended).toBe(false);
    await upstream.close();
    expect(await stalled).toMatch(/^(UND_ERR_SOCKET|ECONNRESET)$/);
  });

  it.each(['identity', 'gzip'])('truncated-body promises more than it sends (%s)', async (encoding) => {
    const { url } = await start({ errorRate: 1, faults: ['truncated-body'] });
    const { statusCode, headers, body } = await request(url, { headers: { 'accept-encoding': encoding } });
    expect(statusCode).toBe(200);
    expect(headers['content-encoding'] ?? 'identity').toBe(encoding);
    let received = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of body) received += (chunk as Uint8Array).length;
    };
    await expect(read()).rejects.toMatchObject({
      code: expect.stringMatching(/^(UND_ERR_SOCKET|ECONNRESET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/) as unknown,
    });
    expect(received).toBe(Math.floor(Number(headers['content-length']) / 2));
  });

  it('truncated-body lets an answer without a body pass', async () => {
    const healthy = await start({});
    const { url } = await start({ errorRate: 1, faults: ['truncated-body'] });
    const etag = (await fetch(healthy.url)).headers.get('etag') ?? '';
    expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  it('none happens at an error rate of 0, and about the given share otherwise', async () => {
    const healthy = await start({});
    const flaky = await start({ errorRate: 0.3, faults: ['status-500'] });
    const outcomes = (url: string): Promise<string[]> =>
      Promise.all(Array.from({ length: 200 }, (_, index) => outcome(`${url}/?page=${index}`)));
    expect(new Set(await outcomes(healthy.url))).toEqual(new Set(['200']));
    const failed = (await outcomes(flaky.url)).filter((status) => status === '500').length;
    expect(failed).toBeGreaterThan(40);
    expect(failed).toBeLessThan(80);
  });

  it('come in the same places for the same seed, whatever the order and the port', async () => {
    const targets = Array.from({ length: 30 }, (_, index) => `/?page=${index}`);
    const faults = faultKinds.filter((kind) => kind !== 'stall');
    const run = async (seed: number, order: readonly string[]): Promise<Record<string, readonly string[]>> => {
      const { url } = await start({ errorRate: 0.5, seed, faults: ['status-500', ...faults] });
      const all = order.map(
        async (target) => [target, [await outcome(url + target), await outcome(url + target)]] as const,
      );
      return Object.fromEntries(await Promise.all(all));
    };
    const first = await run(7, targets);
    expect(await run(7, targets.toReversed())).toEqual(first);
    expect(await run(8, targets)).not.toEqual(first);
    // A repeated request has a chance of its own, or no retry would ever help.
    expect(Object.values(first).some(([a, b]) => a !== b)).toBe(true);
  });
});
