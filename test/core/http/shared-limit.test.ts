import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RateLimit } from '../../../core/contracts/source.ts';
import { createSourceClient } from '../../../core/http/client.ts';
import { createLimitsOfRun } from '../../../core/http/source-limits.ts';
import { createUndiciTransport } from '../../../core/http/transports/undici.ts';
import { openSendMemory, sendMemoryFile } from '../../../core/state/send-memory.ts';
import { systemClock } from '../../../core/system-clock.ts';
import { arrivalsServer, type ArrivalsServer, closestWindow } from '../../support/arrivals.ts';
import { httpRequest } from '../../support/http.ts';
import { resolvedSource } from '../../support/resolved-source.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let upstream: ArrivalsServer;
beforeAll(async () => {
  upstream = await arrivalsServer();
});
afterAll(() => upstream.close());

const windows: readonly RateLimit[] = [
  { requests: 12, perMs: 150 },
  { requests: 40, perMs: 1000 },
];

/** One life of a run of two sources that share a limit: as many requests of each as `pages`, and what they cost. */
async function liveOnce(stateDir: string, pages: number, cost: number): Promise<number> {
  const sources = ['one', 'two'].map((name) =>
    resolvedSource(upstream.origin, {
      name,
      rateLimit: windows,
      limitGroup: 'api',
      retry: { retries: 0, baseMs: 0, maxMs: 0 },
    }),
  );
  const limitsOf = createLimitsOfRun({
    sources,
    clock: systemClock,
    openMemory: (source) =>
      openSendMemory({
        file: sendMemoryFile(stateDir, source),
        limits: source.rateLimits,
        marginMs: source.rateLimitMarginMs,
        clock: systemClock,
        onFailure: (error) => {
          throw error;
        },
      }),
  });
  const clients = sources.map((source) =>
    createSourceClient({
      source,
      transportFactory: createUndiciTransport,
      clock: systemClock,
      random: Math.random,
      emit: () => undefined,
      limits: limitsOf(source),
    }),
  );
  const work = clients.flatMap((client) =>
    Array.from({ length: pages }, (_, page) =>
      client.handle(httpRequest(`${upstream.origin}/?page=${page}`, { cost })).catch(() => undefined),
    ),
  );
  await Promise.all(work);
  await Promise.all(clients.map((client) => client.close()));
  return work.length;
}

describe('a limit of several windows that two sources share, as a server in another process sees it', () => {
  it('holds in each window for all of them together, over two lives of the run', { timeout: 30_000 }, async () => {
    const folder = await temporaryFolder();
    const before = (await upstream.arrivals()).length;
    const sent = (await liveOnce(folder, 45, 1)) + (await liveOnce(folder, 30, 1));
    const arrivals = (await upstream.arrivals()).slice(before);
    expect(arrivals).toHaveLength(sent);
    for (const { requests, perMs } of windows) {
      expect(closestWindow(arrivals, requests)).toBeGreaterThanOrEqual(perMs);
    }
  });

  it('lets fewer through where each costs more', { timeout: 30_000 }, async () => {
    const before = (await upstream.arrivals()).length;
    await liveOnce(await temporaryFolder(), 12, 4);
    const arrivals = (await upstream.arrivals()).slice(before);
    expect(closestWindow(arrivals, 3)).toBeGreaterThanOrEqual(150);
    expect(closestWindow(arrivals, 10)).toBeGreaterThanOrEqual(1000);
  });
});

describe('sendMemoryFile', () => {
  it('is one for a group, whatever its sources are called and wherever they ask', () => {
    const file = (name: string, baseUrl: string, limitGroup?: string): string =>
      sendMemoryFile('/state', { name, baseUrl, limitGroup });
    expect(file('one', 'https://a.test', 'api')).toBe(file('two', 'https://b.test', 'api'));
    expect(file('api', 'https://a.test')).not.toBe(file('api', 'https://a.test', 'api'));
    expect(join(file('one', 'https://a.test', 'api'))).toMatch(/^\/state\/sends\/api-[\da-f]{12}\.bin$/);
  });
});
