import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSourceClient } from '../../../core/http/client.ts';
import { createUndiciTransport } from '../../../core/http/transports/undici.ts';
import { systemClock } from '../../../core/system-clock.ts';
import { arrivalsServer, closestWindow, type Arrival, type ArrivalsServer } from '../../support/arrivals.ts';
import { httpRequest } from '../../support/http.ts';
import { resolvedSource } from '../../support/resolved-source.ts';

let upstream: ArrivalsServer;
beforeAll(async () => {
  upstream = await arrivalsServer();
});
afterAll(() => upstream.close());

/** Sends `pages` requests at once through the full chain, from cold connections, and gives what the server saw. */
async function arrivalsOf(pages: number, rateLimit: { requests: number; perMs: number }): Promise<readonly Arrival[]> {
  const before = (await upstream.arrivals()).length;
  let retries = 0;
  const client = createSourceClient({
    source: resolvedSource(upstream.origin, { rateLimit, concurrency: 25, rateLimitMarginMs: 20 }),
    transportFactory: createUndiciTransport,
    clock: systemClock,
    random: Math.random,
    emit: (event) => (retries += event.type === 'retry' ? 1 : 0),
  });
  const work = Array.from({ length: pages }, (_, page) =>
    client.handle(httpRequest(`${upstream.origin}/?page=${page}`, { key: `page-${page}` })),
  );
  const responses = await Promise.all(work);
  await client.close();
  expect(responses.every(({ status }) => status === 200)).toBe(true);
  const arrivals = (await upstream.arrivals()).slice(before);
  expect(arrivals).toHaveLength(pages + retries);
  return arrivals;
}

describe('the rate limit, as a server in another process sees it', () => {
  it('is never exceeded in any window, cold connections and retries included', { timeout: 30_000 }, async () => {
    const rateLimit = { requests: 80, perMs: 1000 };
    const arrivals = await arrivalsOf(430, rateLimit);
    expect(arrivals.length).toBeGreaterThanOrEqual(500);
    expect(closestWindow(arrivals, rateLimit.requests)).toBeGreaterThanOrEqual(rateLimit.perMs);
  });

  it('would be found exceeded by this measurement, were it', async () => {
    const arrivals = await arrivalsOf(60, { requests: 1000, perMs: 1000 });
    expect(closestWindow(arrivals, 20)).toBeLessThan(1000);
  });
});

describe('closestWindow', () => {
  const at = (...times: number[]): Arrival[] => times.map((time) => ({ earliest: time - 2, latest: time }));

  it('finds the closest ends of any requests + 1 arrivals, wherever the window begins', () => {
    expect(closestWindow(at(0, 900, 950, 1001, 1940), 2)).toBe(103);
  });

  it('leaves out what may have come before the window, though it was handled within', () => {
    const late = { earliest: -500, latest: 902 };
    expect(closestWindow([...at(0, 900, 950, 1001, 1940), late], 2)).toBe(103);
    expect(closestWindow([...at(0, 900), late], 2)).toBe(1402);
  });

  it('finds nothing where there are no more arrivals than the limit', () => {
    expect(closestWindow(at(0, 1), 2)).toBe(Infinity);
  });
});
