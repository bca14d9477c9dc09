import { describe, expect, it } from 'vitest';
import type { ResolvedSource } from '../../../core/config/resolved.ts';
import type { RunEvent } from '../../../core/contracts/events.ts';
import { createSourceClient } from '../../../core/http/client.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { httpRequest, httpResponse } from '../../support/http.ts';
import { resolvedSource } from '../../support/resolved-source.ts';

const origin = 'http://shop.test';
const latencyMs = 40;

interface Upstream {
  /** The most it accepts in any second, given the milliseconds since the start. */
  readonly allows: (ms: number) => number;
  readonly headers?: Record<string, string>;
  /** Whether what it refused counts as well; default false. */
  readonly countsRefused?: boolean;
}

/** Fetches pages through the whole chain from an upstream that may allow less than 5 in a second, as was declared. */
async function fetchAll(upstream: Upstream, pages: number, change: Partial<ResolvedSource> = {}) {
  const clock = fakeClock();
  const start = clock.now();
  const events: RunEvent[] = [];
  const sent: { key: string; at: number; status: number }[] = [];
  const client = createSourceClient({
    source: resolvedSource(origin, { rateLimit: { requests: 5, perMs: 1000 }, concurrency: 16, ...change }),
    transportFactory: () => ({
      async handle(request) {
        request.onPhase?.('sent');
        const at = clock.now() - start;
        const counted = sent.filter((one) => one.at > at - 1000 && (upstream.countsRefused || one.status === 200));
        const status = counted.length < upstream.allows(at) ? 200 : 429;
        sent.push({ key: request.key, at, status });
        await new Promise<void>((resolve) => void clock.timer(latencyMs, resolve));
        return httpResponse({ status, headers: status === 429 ? (upstream.headers ?? {}) : {} });
      },
      close: async () => undefined,
    }),
    clock,
    random: () => 0.5,
    emit: (event) => events.push(event),
  });
  const ask = (page: number) => client.handle(httpRequest(origin, { key: `page-${page}` }));
  const outcomes = await clock.run(Promise.allSettled(Array.from({ length: pages }, (_, page) => ask(page))));
  expect(clock.timers).toBe(0);
  const attempts = outcomes.map((one) => (one.status === 'fulfilled' ? (one.value.attempts ?? 0) : Infinity));
  return {
    ms: clock.now() - start,
    sent,
    delivered: attempts.filter((count) => count !== Infinity).length,
    mostAttempts: Math.max(...attempts),
    refused: sent.filter(({ status }) => status === 429).length,
    reasons: events.flatMap((event) => (event.type === 'limiter-paused' ? [event.reason] : [])),
  };
}

const inSecond = (sent: readonly { at: number }[], second: number): number =>
  sent.filter(({ at }) => at >= second * 1000 && at < (second + 1) * 1000).length;

describe('an upstream that allows 2 a second where 5 are declared', () => {
  it.each([
    ['with Retry-After', { headers: { 'retry-after': '1' } }],
    ['without Retry-After', {}],
    ['with Retry-After, counting what it refused', { headers: { 'retry-after': '1' }, countsRefused: true }],
    ['without Retry-After, counting what it refused', { countsRefused: true }],
  ])('gives all pages, in near the possible time, %s', async (_, upstream) => {
    const result = await fetchAll({ allows: () => 2, ...upstream }, 100);
    expect(result.delivered).toBe(100);
    expect(result.mostAttempts).toBeLessThanOrEqual(4);
    // 50 windows of two; the first ones may be lost to finding out.
    expect(result.ms).toBeLessThan(52_000);
    // One in each second window, which tries a higher limit, and a few in the beginning.
    expect(result.refused).toBeLessThanOrEqual(30);
  });

  it('is told of with each pause', async () => {
    const { reasons } = await fetchAll({ allows: () => 2 }, 20);
    expect(reasons.slice(0, 3)).toEqual([
      'status 429, now at most 3 per window',
      'status 429, now at most 2 per window',
      'status 429, now at most 2 per window',
    ]);
  });

  it('gets what was declared again once it allows that', async () => {
    const { sent, delivered } = await fetchAll({ allows: (ms) => (ms < 10_000 ? 2 : 5) }, 100);
    expect(delivered).toBe(100);
    expect(inSecond(sent, 8)).toBeLessThanOrEqual(3);
    expect(sent.filter(({ at, status }) => at > 11_000 && status === 429)).toEqual([]);
    const start = sent.find(({ at }) => at > 15_000)?.at ?? 0;
    expect(sent.filter(({ at }) => at >= start && at < start + 1020)).toHaveLength(5);
  });
});

describe('an upstream that allows what was declared', () => {
  it('is asked at the full rate throughout', async () => {
    const { ms, refused, reasons, sent } = await fetchAll({ allows: () => 5 }, 100);
    expect([refused, reasons, sent.length]).toEqual([0, [], 100]);
    expect(ms).toBe(19 * 1020 + latencyMs);
  });
});
