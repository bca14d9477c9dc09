import { describe, expect, test } from 'vitest';
import { classify } from '../../../core/errors.ts';
import { createSourceClient } from '../../../core/http/client.ts';
import { createSourceLimits } from '../../../core/http/source-limits.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { resolvedSource } from '../../support/resolved-source.ts';
import { httpRequest, httpResponse, isSettled } from './support.ts';

const origin = 'https://upstream.test';
const cooldownMs = 5000;

/** A client whose upstream answers what `status` says, and when it was asked. */
function clientOf(status: (asked: number) => number, concurrency: number) {
  const clock = fakeClock();
  const sends: number[] = [];
  const waits: number[] = [];
  const source = resolvedSource(origin, {
    rateLimit: { requests: 2, perMs: 1000 },
    rateLimitMarginMs: 0,
    concurrency,
    retry: { retries: 0, baseMs: 1, maxMs: 1 },
    breaker: { failures: 2, failureRate: 1, minimumResults: 100, windowMs: 30_000, cooldownMs, probes: 3 },
  });
  const limits = createSourceLimits({ source, clock });
  const client = createSourceClient({
    source,
    limits,
    clock,
    random: () => 0,
    emit: (event) => void (event.type === 'limiter-wait' && waits.push(event.ms)),
    transportFactory: () => ({
      async handle(request) {
        request.onPhase?.('sent');
        sends.push(clock.now());
        return httpResponse(status(sends.length));
      },
      close: async () => undefined,
    }),
  });
  const ask = (page: number): Promise<string> =>
    client.handle(httpRequest({ key: `page ${page}` })).then(
      () => 'delivered',
      (thrown: unknown) => classify(thrown).code,
    );
  return { clock, sends, waits, client, limiter: limits.limiter, ask };
}

describe('requests that wait while the breaker opens', () => {
  test.each([
    ['at the limiter', 8],
    ['for a slot, too', 4],
  ])('%s are refused, and take nothing of the limit', async (_, concurrency) => {
    const { clock, sends, limiter, ask } = clientOf(() => 500, concurrency);
    const start = clock.now();
    const asked = Array.from({ length: 8 }, (_page, page) => ask(page));
    await clock.advance(1000);
    const refused = Array.from({ length: 6 }, () => 'circuit_open');
    expect(await Promise.all(asked)).toEqual(['http_500', 'http_500', ...refused]);
    expect(sends).toEqual([start, start]);
    // Both places of this window are still there.
    const { signal } = new AbortController();
    expect(await isSettled(Promise.all([limiter.acquire(signal), limiter.acquire(signal)]))).toBe(true);
  });

  test('are refused beside a probe, which goes out', async () => {
    const { clock, sends, limiter, client, ask } = clientOf((asked) => (asked <= 2 ? 500 : 200), 8);
    const start = clock.now();
    const first = [ask(1), ask(2), ask(3)];
    await Promise.all(first.slice(0, 2));
    limiter.pause(cooldownMs * 2);
    await clock.advance(cooldownMs);
    await client.breaker.ready(new AbortController().signal);
    // Ahead of page 3, which waited before the breaker opened: this one is the probe.
    const probe = client.handle(httpRequest({ key: 'probe', attempt: 2 }));
    await clock.advance(cooldownMs);
    expect((await probe).status).toBe(200);
    // In the same turn as the probe was sent, nobody knew yet of its answer.
    expect(await first[2]).toBe('circuit_open');
    await ask(3);
    expect(sends).toEqual([start, start, start + 2 * cooldownMs, start + 2 * cooldownMs]);
    expect(client.breaker.state).toBe('closed');
  });
});
