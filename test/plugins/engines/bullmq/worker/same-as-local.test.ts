import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SourcePlugin } from '../../../../../core/contracts/source.ts';
import type { RunEvent } from '../../../../../core/index.ts';
import { createPipeline } from '../../../../../core/index.ts';
import { cursorPagination } from '../../../../../core/pagination/cursor.ts';
import { linkPagination } from '../../../../../core/pagination/link.ts';
import { offsetPagination } from '../../../../../core/pagination/offset.ts';
import { singlePage } from '../../../../../core/pagination/single.ts';
import { defineChild } from '../../../../../core/plugin.ts';
import type { LedgerOutcome } from '../../../../../plugins/engines/bullmq/ledger/outcome.ts';
import { redisMissing, startRedis, type TestRedis } from '../../../../support/redis.ts';
import { silentLogger } from '../../../../support/silent-logger.ts';
import { beginRun, configOf, type Table, transportOf } from './distributed-run.ts';
import { itemsOf, listing, type Upstream } from './upstreams.ts';

/** What a run tells of its source, whichever engine it is. */
interface Told {
  readonly pages: number;
  readonly items: number;
  readonly records: number;
  readonly duplicates: number;
  readonly rejects: number;
  readonly skipped: number;
  readonly attempts: number;
  /** Code and pages of each failure and notice, sorted. */
  readonly errors: readonly string[];
  readonly state: string;
  readonly rows: readonly string[];
}

type Outcome = LedgerOutcome | RunEvent;

function tellOf(outcomes: readonly Outcome[], table: Table): Told {
  const told = { pages: 0, items: 0, records: 0, duplicates: 0, rejects: 0, skipped: 0, attempts: 0, state: 'none' };
  const errors: string[] = [];
  for (const each of outcomes) {
    const kind = 'kind' in each ? each.kind : each.type;
    if (kind === 'landed' || kind === 'page-delivered') {
      const page = each as Extract<RunEvent, { type: 'page-delivered' }>;
      told.pages += 1;
      told.items += page.items;
      told.records += page.records;
      told.duplicates += page.duplicates;
      told.rejects += page.rejects.length;
      told.attempts += page.attempts;
    }
    if (kind === 'skipped' || kind === 'page-skipped') told.skipped += 1;
    if (kind === 'failed' || kind === 'pages-failed') {
      const { error, pages } = each as Extract<RunEvent, { type: 'pages-failed' }>;
      errors.push(`${error.code} ${pages}: ${error.message}`);
    }
    if (kind === 'notice' || kind === 'source-notice') {
      errors.push(`notice ${(each as Extract<RunEvent, { type: 'source-notice' }>).error.message}`);
    }
    if (kind === 'ended' || kind === 'source-ended') {
      told.state = (each as Extract<RunEvent, { type: 'source-ended' }>).state;
    }
  }
  return { ...told, errors: errors.toSorted(), rows: [...table.rows.keys()].toSorted() };
}

const items = (from: number, count: number): { id: number }[] =>
  Array.from({ length: count }, (_, index) => ({ id: from + index }));
const cursorOf = (url: URL): number => Number(url.searchParams.get('cursor') ?? 0);
const body = (url: URL): string => `${url.pathname}${url.search}`;

/** Fails each page the first `times`. */
function failingFirst(times: number, failure: { status?: number; body: unknown }, upstream: Upstream): Upstream {
  const seen = new Map<string, number>();
  return (url, signal) => {
    const count = (seen.get(url.href) ?? 0) + 1;
    seen.set(url.href, count);
    return count <= times ? failure : upstream(url, signal);
  };
}

const chain = cursorPagination({ path: '/items', limit: 10, cursor: (page) => (page as { next: unknown }).next });
const chainOf =
  (last: number): Upstream =>
  (url) => {
    const at = cursorOf(url);
    return { body: { items: items(at * 10, 10), next: at < last ? at + 1 : null } };
  };
const reviews = defineChild({
  name: 'reviews',
  parent: ({ id }: { id: number }) => ({ id }),
  pagination: ({ id }) => offsetPagination({ path: `/items/${id}/reviews`, limit: 2, total: (page) => page['total'] }),
  items: (page) => page['items'],
  normalizer: {
    normalize: ({ id }: { id: number }, { parent }: { parent?: { id?: unknown } }) => ({
      id: `${Number(parent?.id)}-${id}`,
      title: 'Review',
      price: 1,
    }),
  },
});
const withReviews: Upstream = (url, signal) => {
  if (!url.pathname.includes('/reviews')) return itemsOf(12)(url, signal);
  const offset = Number(url.searchParams.get('offset'));
  return { body: { total: 3, items: items(offset, Math.min(2, 3 - offset)) } };
};

interface Scenario {
  readonly source: SourcePlugin;
  /** Made anew for each engine: an upstream may remember. */
  readonly upstream: () => Upstream;
  readonly settings?: Readonly<Record<string, unknown>>;
}

const scenarios: Readonly<Record<string, Scenario>> = {
  'a listing with a total': { source: listing('shop'), upstream: () => itemsOf(95) },
  'an empty listing': { source: listing('shop'), upstream: () => itemsOf(0) },
  'a cursor in the body': { source: listing('shop', { pagination: chain }), upstream: () => chainOf(6) },
  'links in headers': {
    source: listing('shop', { pagination: linkPagination({ path: '/items', limit: 10 }) }),
    upstream: () => (url) => {
      const at = Number(url.searchParams.get('page') ?? 0);
      const link: Record<string, string> = at < 5 ? { link: `</items?page=${at + 1}>; rel="next"` } : {};
      return { headers: link, body: { items: items(at * 10, 10) } };
    },
  },
  'links in headers, and notices without any at first': {
    source: listing('shop', { pagination: linkPagination({ path: '/items', limit: 10 }) }),
    upstream: () =>
      failingFirst(1, { body: '<html>back in a minute</html>' }, (url) => {
        const at = Number(url.searchParams.get('page') ?? 0);
        const link: Record<string, string> = at < 2 ? { link: `</items?page=${at + 1}>; rel="next"` } : {};
        return { headers: link, body: { items: items(at * 10, 10) } };
      }),
  },
  'a cursor that goes in circles': {
    source: listing('shop', { pagination: chain }),
    upstream: () => (url) => ({ body: { items: items(cursorOf(url) * 10, 10), next: (cursorOf(url) + 1) % 4 } }),
  },
  'a next page at another origin': {
    source: listing('shop', { pagination: linkPagination({ path: '/items' }) }),
    upstream: () => (url) => ({
      headers: { link: '<https://elsewhere.test/items>; rel="next"' },
      body: { items: items(0, 3), url: body(url) },
    }),
  },
  'a listing that is longer than it may be': {
    source: listing('shop'),
    upstream: () => itemsOf(95),
    settings: { maxPages: 4 },
  },
  'pages asked for ahead of the total': {
    source: listing('shop', {
      pagination: offsetPagination({
        path: '/items',
        limit: 10,
        offsetParam: 'skip',
        lookahead: 4,
        total: (page) => page['total'],
      }),
    }),
    upstream: () => itemsOf(95),
  },
  'pages asked for ahead without a total': {
    source: listing('shop', {
      pagination: offsetPagination({ path: '/items', limit: 10, offsetParam: 'skip', lookahead: 4 }),
    }),
    upstream: () => itemsOf(95),
  },
  'the same page for every offset': {
    source: listing('shop', { pagination: offsetPagination({ path: '/items', limit: 10 }) }),
    upstream: () => () => ({ body: { items: items(0, 10) } }),
  },
  'records that come twice': { source: listing('shop'), upstream: () => itemsOf(95, { overlap: 2 }) },
  'pages longer than asked for': {
    source: listing('shop', { pagination: chain }),
    upstream: () => (url) => ({
      body: { items: items(cursorOf(url) * 30, 30), next: cursorOf(url) < 3 ? cursorOf(url) + 1 : null },
    }),
  },
  'bodies that are broken at first': {
    source: listing('shop'),
    upstream: () => failingFirst(2, { body: '{"items": [' }, itemsOf(35)),
  },
  'bodies that stay broken': {
    source: listing('shop', { pagination: chain }),
    upstream: () => (url) =>
      cursorOf(url) === 2 ? { body: '{"items": [' } : chainOf(4)(url, new AbortController().signal),
  },
  'errors that pass': {
    source: listing('shop'),
    upstream: () => failingFirst(1, { status: 503, body: {} }, itemsOf(35)),
  },
  'a page that is not there': {
    source: listing('shop'),
    upstream: () => (url, signal) =>
      url.searchParams.get('skip') === '20' ? { status: 404, body: {} } : itemsOf(35)(url, signal),
  },
  'an upstream that refuses everything': {
    source: listing('shop'),
    upstream: () => () => ({ status: 401, body: {} }),
  },
  'items that are no records': {
    source: listing('shop', { pagination: singlePage({ path: '/items' }) }),
    upstream: () => () => ({ body: { items: [1, { id: 2 }, { title: 'no id' }, null] } }),
  },
  'a total that does not add up, and a page after the last': {
    source: listing('shop'),
    upstream: () => (url) => {
      const skip = Number(url.searchParams.get('skip'));
      // It declares 20, and has 25.
      return { body: { total: skip < 20 ? 19 : 25, items: items(skip, Math.max(0, Math.min(10, 25 - skip))) } };
    },
  },
  'a total that is never reached': {
    source: listing('shop'),
    upstream: () => (url) => {
      const skip = Number(url.searchParams.get('skip'));
      return { body: { total: 18, items: items(skip, skip < 10 ? 10 : skip < 20 ? 5 : 0) } };
    },
  },
  'a status that means the end': {
    source: listing('shop', {
      pagination: offsetPagination({ path: '/items', limit: 10, limitParam: 'limit', offsetParam: 'skip' }),
      responseActions: [{ status: 404, action: 'end-of-pages' }],
    }),
    upstream: () => (url) => {
      const skip = Number(url.searchParams.get('skip'));
      return skip < 30 ? { body: { items: items(skip, 10) } } : { status: 404, body: {} };
    },
  },
  'pages that are to be ignored': {
    source: listing('shop', { responseActions: [{ status: 410, action: 'ignore' }] }),
    upstream: () => (url, signal) =>
      url.searchParams.get('skip') === '20' ? { status: 410, body: {} } : itemsOf(45)(url, signal),
  },
  'listings that hang from items': { source: listing('shop', { children: [reviews] }), upstream: () => withReviews },
  'a hanging listing that fails': {
    source: listing('shop', { children: [reviews] }),
    upstream: () => (url, signal) =>
      url.pathname === '/items/3/reviews' ? { status: 404, body: {} } : withReviews(url, signal),
  },
  'a hanging listing that is too long': {
    source: listing('shop', { children: [reviews] }),
    upstream: () => withReviews,
    settings: { maxPages: 1 },
  },
  'a pager that throws': {
    source: listing('shop', {
      pagination: {
        first: () => [{ key: 'one', url: '/one' }],
        next() {
          throw new Error('no idea');
        },
      },
    }),
    upstream: () => () => ({ body: { items: items(0, 3) } }),
  },
  'a pager that does not know where to begin': {
    source: listing('shop', {
      pagination: {
        first() {
          throw new Error('no idea');
        },
        next: () => [],
      },
    }),
    upstream: () => itemsOf(10),
  },
};

describe.skipIf(redisMissing !== undefined)('a run on several workers tells what a local run does', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    await redis.close();
  });

  test.each(Object.entries(scenarios))('%s', async (_, { source, upstream, settings }) => {
    const table: Table = { rows: new Map(), writes: 0 };
    const events: RunEvent[] = [];
    const config = await configOf({ sources: [source], settings }, table);
    const services = { logger: silentLogger, transport: transportOf(upstream()) };
    const pipeline = await createPipeline(config, services);
    pipeline.on((event) => events.push(event));
    await pipeline.run();

    const run = await beginRun({ redis, sources: [source], upstream: upstream(), ...(settings && { settings }) });
    try {
      run.startWorker();
      run.startWorker();
      expect(tellOf(await run.ended(), run.table)).toEqual(tellOf(events, table));
      expect(run.table.writes).toBe(table.writes);
    } finally {
      await run.close();
    }
  });
});
