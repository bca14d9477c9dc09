import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';
import { loadBuilt } from '../suite/dist.mjs';

const url = new URL('http://upstream.test/products?limit=20&skip=0');
const response = { status: 200, headers: {}, url: url.href, body: new Uint8Array(0) };
// The signal of a run, to which every request listens: all contestants that can are given it.
const { signal } = new AbortController();
setMaxListeners(0, signal);
const request = { key: 'page', url, method: 'GET', headers: {}, attempt: 1, signal };

/** Answers at once, and tells what a real transport tells on the way. */
const instant = async ({ onPhase }) => {
  onPhase?.('sent');
  onPhase?.('headers');
  onPhase?.('data');
  return response;
};

/**
 * The contestants: the chain of a source with all defaults and a rate limit that never waits, the same with the
 * log of sends that a resumable run keeps, cockatiel's policies with the same settings, and none.
 */
export async function createChains() {
  const [{ resolveConfig }, { createSourceClient }, { systemClock }, { openSendMemory }] = await Promise.all(
    ['core/config/resolve.js', 'core/http/client.js', 'core/system-clock.js', 'core/state/send-memory.js'].map(
      loadBuilt,
    ),
  );
  const rateLimit = { requests: 10_000_000, perMs: 1000 };
  const { sources } = await resolveConfig({
    sources: [{ use: 'dummyjson', baseUrl: url.origin, rateLimit }],
    sinks: ['ndjson'],
  });
  const [source] = sources;
  const shared = {
    source,
    transportFactory: () => ({ handle: instant, close: async () => {} }),
    clock: systemClock,
    random: Math.random,
    emit: () => {},
    middleware: [],
  };
  const client = createSourceClient(shared);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const file = join(folder, 'sends');
  const onFailure = (error) => {
    throw error;
  };
  const remembering = createSourceClient({
    ...shared,
    sendMemory: () =>
      openSendMemory({ file, ...rateLimit, marginMs: source.rateLimitMarginMs, clock: systemClock, onFailure }),
  });
  const { retry: retries, breaker, timeouts, concurrency } = source;
  const policy = wrap(
    retry(handleAll, {
      maxAttempts: retries.retries,
      backoff: new ExponentialBackoff({ initialDelay: retries.baseMs, maxDelay: retries.maxMs }),
    }),
    circuitBreaker(handleAll, {
      halfOpenAfter: breaker.cooldownMs,
      breaker: new ConsecutiveBreaker(breaker.failures),
    }),
    timeout(timeouts.attemptMs, TimeoutStrategy.Cooperative),
    bulkhead(concurrency, Infinity),
  );
  return [
    {
      key: 'sluice',
      name: 'sluice',
      note: 'retry, budget, breaker, response actions, redirects, concurrency, rate limit, timeouts, events',
      call: () => client.handle(request),
      close: () => client.close(),
    },
    {
      key: 'remembering',
      name: 'sluice, with its log of sends',
      note: 'as a run that can be taken up again has it: each send is kept beyond the process',
      call: () => remembering.handle(request),
      async close() {
        await remembering.close();
        rmSync(folder, { recursive: true });
      },
    },
    {
      key: 'cockatiel',
      name: 'cockatiel 3',
      note: 'wrap(retry, breaker, cooperative timeout, bulkhead)',
      call: () => policy.execute((context) => instant({ ...request, signal: context.signal }), signal),
    },
    { key: 'none', name: 'no middleware', note: 'the transport alone', call: () => instant(request) },
  ];
}
