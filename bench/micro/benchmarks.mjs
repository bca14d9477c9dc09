/** What is measured on its own: the parts that every request, page or record goes through. */
import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { do_not_optimize as keep } from 'mitata';
import { loadBuilt } from '../suite/dist.mjs';
import { unlimited } from '../suite/unlimited.mjs';

const { signal } = new AbortController();
setMaxListeners(0, signal);

/** A list of `{ name, act }`; `folder` is where files may go. */
export async function createMicroBenchmarks(folder) {
  const groups = await Promise.all([resilience(), pagers(), journal(folder), records()]);
  return groups.flat();
}

async function resilience() {
  const [{ createSlidingLogLimiter }, { createCircuitBreaker }, { systemClock: clock }] = await Promise.all(
    [
      'core/http/resilience/sliding-log-limiter.js',
      'core/http/resilience/circuit-breaker.js',
      'core/system-clock.js',
    ].map(loadBuilt),
  );
  const limiter = createSlidingLogLimiter({ limits: [unlimited], marginMs: 20, clock });
  const settings = {
    failures: 5,
    failureRate: 0.8,
    minimumResults: 20,
    windowMs: 30_000,
    cooldownMs: 5_000,
    probes: 3,
  };
  const breaker = createCircuitBreaker({ settings, clock, onTransition: () => undefined });
  const success = async () => undefined;
  return [
    { name: 'rate limiter: a permit, sent', act: async () => (await limiter.acquire(signal)).sent() },
    { name: 'circuit breaker: a successful attempt', act: async () => breaker.execute(success, signal) },
  ];
}

async function pagers() {
  const { offsetPagination, pagePagination, cursorPagination, linkPagination, nextUrlPagination } =
    await loadBuilt('core/plugin.js');
  const body = { items: [], total: 100_000, cursor: 'abc', next: 'https://shop.test/items?page=3' };
  const headers = {
    link: '<https://shop.test/items?page=3>; rel="next", <https://shop.test/items?page=9>; rel="last"',
  };
  const limit = 20;
  const adapters = {
    offset: offsetPagination({ path: '/items', limit }),
    page: pagePagination({ path: '/items', limit }),
    cursor: cursorPagination({ path: '/items', limit, cursor: (found) => found.cursor }),
    link: linkPagination({ path: '/items', limit }),
    'next URL': nextUrlPagination({ path: '/items', limit, next: (found) => found.next }),
  };
  return Object.entries(adapters).map(([name, pager]) => {
    const [request] = pager.first();
    const url = 'https://shop.test/items?page=2';
    const page = { request, status: 200, headers, url, json: () => body, itemCount: () => limit };
    if (pager.next(page).length === 0) throw new Error(`the pager "${name}" finds no next page`);
    return { name: `pager, ${name}: the next page`, act: () => keep(pager.next(page)) };
  });
}

async function journal(folder) {
  const [{ openLineLog }, { nodeDisk: disk }, { systemClock: clock }] = await Promise.all(
    ['core/state/line-log.js', 'core/state/disk.js', 'core/system-clock.js'].map(loadBuilt),
  );
  const log = await openLineLog({
    disk,
    path: join(folder, 'journal'),
    clock,
    fsyncMs: 1_000,
    onFault(error) {
      throw error;
    },
  });
  const line = {
    type: 'commit',
    sink: 'ndjson',
    epoch: 17,
    position: { bytes: 123_456_789, tail: '0123456789abcdef' },
  };
  return [
    {
      name: 'journal: a line, handed to the system',
      act: async () => {
        log.append(line);
        await log.flush();
      },
    },
  ];
}

async function records() {
  const [{ default: model }, { createPageMetrics, addPageMetrics }] = await Promise.all(
    ['plugins/models/product/index.js', 'core/metrics/page-metrics.js'].map(loadBuilt),
  );
  const record = { title: 'A product', price: '9.99', category: 'a', rating: 4.5, description: 'words '.repeat(20) };
  const page = () => {
    const metrics = createPageMetrics(model.metrics);
    for (let index = 0; index < 20; index += 1) metrics.add({ category: `c${index % 5}`, price: index + 0.99 });
    return metrics.build();
  };
  const measured = page();
  const sums = new Map();
  return [
    { name: 'validation: a product', act: () => keep(model.schema['~standard'].validate(record)) },
    { name: 'metrics: 20 records of a page, in a worker', act: () => keep(page()) },
    { name: 'metrics: a page of 20 added up, on the main thread', act: () => addPageMetrics(sums, measured) },
  ];
}
