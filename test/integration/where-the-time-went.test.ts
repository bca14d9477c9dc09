import { expect, test } from 'vitest';
import type { SourceEntry } from '../../core/config/define-config.ts';
import { resolveConfig } from '../../core/config/resolve.ts';
import type { Clock } from '../../core/contracts/clock.ts';
import type { HttpRequest, HttpResponse, TransportFactory } from '../../core/contracts/http.ts';
import type { SourceMonitoring } from '../../core/contracts/report.ts';
import type { SinkPlugin } from '../../core/contracts/sink.ts';
import { createPipeline } from '../../core/index.ts';
import { cursorPagination, defineNormalizer, defineSource, offsetPagination } from '../../core/plugin.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';
import { silentLogger } from '../support/silent-logger.ts';

const limit = 10;
const latencyMs = 50;

const counted = offsetPagination({ path: '/items', limit, total: (body) => body['total'] });
const byCursor = cursorPagination({ path: '/items', limit, cursorParam: 'offset', cursor: (body) => body['next'] });

function source(pagination: typeof counted, pages: number, change: Omit<SourceEntry, 'use'> = {}): SourceEntry {
  const use = defineSource({
    name: 'shop',
    baseUrl: 'http://shop.test',
    rateLimit: { requests: 5, perMs: 1000 },
    pagination,
    items: (body) => body['items'],
    normalizer: defineNormalizer({ normalize: (item: { id: number }) => ({ id: item.id, title: 'One' }) }),
  });
  return { use, headers: { 'x-pages': String(pages) }, ...change };
}

/** With a 503 the upstream says when to come back. */
const wait: Readonly<Record<number, object>> = { 503: { 'retry-after': '5' } };

/** A listing of as many pages as the request says, each of which takes its time. */
function upstream(clock: Clock, before: (request: HttpRequest) => number | undefined): TransportFactory {
  return () => ({
    async handle(request): Promise<HttpResponse> {
      request.onPhase?.('sent');
      await new Promise<void>((resolve) => void clock.timer(latencyMs, resolve));
      const status = before(request) ?? 200;
      const offset = Number(request.url.searchParams.get('offset') ?? 0);
      const total = Number(request.headers['x-pages']) * limit;
      const items = Array.from({ length: limit }, (_, index) => ({ id: offset + index }));
      const next = offset + limit < total ? String(offset + limit) : undefined;
      const body = new Uint8Array(Buffer.from(JSON.stringify({ items, total, next })));
      return { status, headers: { 'content-type': 'application/json', ...wait[status] }, url: request.url.href, body };
    },
    close: async () => {},
  });
}

function sink(clock: Clock, writeMs: number): SinkPlugin {
  return {
    name: 'slow',
    open: async () => ({
      write: () => new Promise<void>((resolve) => void (writeMs === 0 ? resolve() : clock.timer(writeMs, resolve))),
      commit: async () => null,
      close: async () => {},
      abort: async () => {},
    }),
  };
}

interface Circumstances {
  readonly writeMs?: number;
  readonly maxInFlightBytes?: number;
  /** Status of an answer that is not good. */
  readonly before?: (request: HttpRequest) => number | undefined;
}

/** Runs one source on a clock that only moves where somebody waits for it. */
async function run(entry: SourceEntry, circumstances: Circumstances = {}) {
  const { writeMs = 0, maxInFlightBytes = 8_388_608, before = () => undefined } = circumstances;
  const clock: FakeClock = fakeClock();
  const config = await resolveConfig(
    { sources: [entry], sinks: [sink(clock, writeMs)], workers: { threads: 0, maxInFlightBytes } },
    { env: {} },
  );
  const services = { clock, transport: upstream(clock, before), logger: silentLogger, random: () => 0.5 };
  const pipeline = await createPipeline(config, services);
  const began = clock.now();
  const { report } = await clock.run(pipeline.run());
  const monitoring = report.monitoring.sources['shop'] as SourceMonitoring;
  const { total_ms, spent_ms } = monitoring.time;
  expect(total_ms).toBe(Object.values(spent_ms).reduce((sum, ms) => sum + ms, 0));
  expect(total_ms).toBeLessThanOrEqual(clock.now() - began + 1);
  const share = (use: keyof typeof spent_ms): number => spent_ms[use] / total_ms;
  return { total_ms, spent_ms, share, advice: monitoring.advice, state: monitoring.state };
}

test('a limit that is lower than what the upstream could do takes the time', async () => {
  const { total_ms, share, advice } = await run(source(counted, 51));
  // The first page alone, then ten full windows.
  expect(total_ms).toBeGreaterThan(10_000);
  expect(share('rate_limit')).toBeGreaterThan(0.9);
  expect(advice).toMatch(/waiting for the declared limit of 5\/s: the run can't be faster/);
});

test('one page after another leaves the time with the upstream', async () => {
  const fast = { rateLimit: { requests: 1000, perMs: 1000 } };
  const { total_ms, spent_ms, advice } = await run(source(byCursor, 40, fast));
  expect(total_ms).toBe(40 * latencyMs);
  expect(spent_ms.upstream).toBe(40 * latencyMs);
  expect(advice).toContain('100 % waiting for the upstream');
});

test('too few slots take the time where neither limit nor upstream needs them to be few', async () => {
  const fast = { rateLimit: { requests: 1000, perMs: 1000 }, concurrency: 2 };
  const { share, advice } = await run(source(counted, 101, fast));
  expect(share('concurrency')).toBeGreaterThan(0.9);
  expect(advice).toContain('raise `concurrency`');
});

test('a slow sink takes the time, not the fetching that waits for it', async () => {
  const fast = { rateLimit: { requests: 1000, perMs: 1000 } };
  const { total_ms, share, advice } = await run(source(counted, 40, fast), { writeMs: 200, maxInFlightBytes: 20_000 });
  // It ends with the last page that is written, long after the last one that was fetched.
  expect(total_ms).toBeGreaterThanOrEqual(40 * 200);
  expect(share('sinks')).toBeGreaterThan(0.9);
  expect(advice).toContain('waiting for the sinks');
});

test('what is waited before retries, and for an open breaker, is told apart from the upstream', async () => {
  let asked = 0;
  const ill = await run(source(byCursor, 2, { retry: { retries: 8, baseMs: 400 }, breaker: { cooldownMs: 4_000 } }), {
    before: () => (++asked <= 5 ? 500 : undefined),
  });
  expect(ill.state).toBe('complete');
  // Half of 400, 800, 1600, 3200 and 6400 ms; of the 4 s of the breaker that are left then; and of 6400 ms once more, for
  // it went back on the worklist in between.
  expect(ill.spent_ms).toMatchObject({ backoff: 9_400, breaker: 800, upstream: 7 * latencyMs });
});

test('a pause that the upstream asked for is not blamed on the declared limit', async () => {
  let asked = 0;
  const { share, advice } = await run(source(byCursor, 3), { before: () => (++asked === 2 ? 503 : undefined) });
  expect(share('pause')).toBeGreaterThan(0.9);
  expect(advice).toContain('paused, because the upstream asked for it');
});
