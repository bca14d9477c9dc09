import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  cursorPagination,
  defineChild,
  offsetPagination,
  pagePagination,
  singlePage,
  timeWindowPagination,
} from '../../../core/plugin.ts';
import { planRun } from '../../../core/probe/plan-run.ts';
import { takeLock } from '../../../core/state/lock.ts';
import { drive, listed, page, probed } from '../../support/probe-upstream.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const never = new AbortController().signal;

async function forecast(...given: Parameters<typeof probed>) {
  const { config, services, clock, asked } = await probed(...given);
  return { ...(await drive(clock, planRun(config, services, never))), asked };
}

describe('the plan of a source', () => {
  test('that tells its total is known from one request', async () => {
    const { sources, run, asked } = await forecast([listed('shop')], { shop: (request) => page(request, 194) });
    expect(asked).toEqual(['shop.test/items?limit=20&offset=0']);
    expect(sources).toMatchObject([
      // A window of 1020 ms for the first five, and an answer for the last.
      { pages: 10, items: 194, requests: 10, latency_ms: 50, least_ms: 1_070, bound: 'limit', limit: '5/s' },
    ]);
    expect(run).toEqual({
      pages: 10,
      requests: 10,
      least_ms: 1_070,
      whole: true,
      slowest: 'shop',
      deadline_ms: null,
    });
  });

  test('that has its slots for a bound takes as many rounds of answers as they need', async () => {
    const source = { use: listed('shop'), rateLimit: { requests: 1000, perMs: 1000 }, concurrency: 3 };
    const { sources } = await forecast([source], { shop: (request) => page(request, 200) });
    expect(sources).toMatchObject([{ pages: 10, least_ms: 50 + 3 * 50, bound: 'concurrency', sequential: false }]);
  });

  test('counts what an answer takes, and not the connecting, which is done once', async () => {
    const source = { use: listed('far'), rateLimit: { requests: 1000, perMs: 1000 }, concurrency: 3 };
    const { sources } = await forecast([source], { far: (request) => page(request, 200) });
    expect(sources).toMatchObject([{ pages: 10, latency_ms: 50, least_ms: 50 + 3 * 50 }]);
  });

  test('takes its request out of the limit at what it costs, as a run does', async () => {
    const { sources } = await forecast([listed('shop', { cost: () => 6 })], { shop: (request) => page(request, 20) });
    expect(sources).toMatchObject([{ pages: null, error: { message: expect.stringContaining('6') } }]);
  });

  test('with cursors takes an answer a page, where it tells how many items there are', async () => {
    const pagination = cursorPagination({
      path: '/items',
      limit: 20,
      cursorParam: 'offset',
      cursor: (body) => body['next'],
    });
    const use = listed('shop', { pagination: { ...pagination, totalInBody: (body) => body['total'] } });
    const fast = { use, rateLimit: { requests: 1000, perMs: 1000 } };
    const { sources } = await forecast([fast], { shop: (request) => ({ ...page(request, 100), next: '20' }) });
    expect(sources).toMatchObject([{ pages: 5, least_ms: 250, bound: 'latency', sequential: true }]);
  });

  test('whose size nobody tells says so, and leaves the whole run open', async () => {
    const unknown = listed('feed', { pagination: offsetPagination({ path: '/items', limit: 20 }) });
    const { sources, run } = await forecast([unknown, listed('shop')], {
      feed: (request) => page(request, 100),
      shop: (request) => page(request, 20),
    });
    expect(sources[0]).toMatchObject({ pages: null, requests: null, least_ms: null, bound: null, sequential: true });
    expect(run).toMatchObject({ pages: 1, least_ms: 50, whole: false, slowest: 'shop' });
  });

  test('with listings of which one alone was asked says that it does not know', async () => {
    const windows = timeWindowPagination({
      from: '2026-01-01',
      to: '2026-02-01',
      step: { days: 1 },
      within: ({ from }) => singlePage({ path: '/items', query: { day: from.getUTCDate() } }),
    });
    const child = defineChild({
      name: 'parts',
      parent: () => ({}),
      pagination: () => singlePage({ path: '/parts' }),
      normalizer: (item: { id: number }) => ({ id: item.id }),
    });
    const { sources, run } = await forecast(
      [listed('events', { pagination: windows }), listed('shop', { children: [child] })],
      { events: (request) => page(request, 3), shop: (request) => page(request, 20) },
    );
    expect(sources).toMatchObject([
      { pages: null, items: null },
      { pages: null, items: 20 },
    ]);
    expect(run).toMatchObject({ whole: false });
  });

  test('that ends with its first page is of one page, total or not', async () => {
    const { sources } = await forecast(
      [listed('one', { pagination: singlePage({ path: '/items' }) }), listed('short')],
      {
        one: (request) => page(request, 20),
        short: (request) => page(request, 7),
      },
    );
    expect(sources).toMatchObject([
      { pages: 1, least_ms: 50, bound: 'latency' },
      { pages: 1, items: 7 },
    ]);
  });

  test('with a declared number of pages counts those, over several slices', async () => {
    const pagination = pagePagination({ path: '/items', limit: 20, totalPages: (body) => body['pages'] });
    const { sources } = await forecast([listed('shop', { pagination })], {
      shop: (request) => ({ ...page(request, 20), pages: 1_700 }),
    });
    expect(sources).toMatchObject([{ pages: 1_700, bound: 'limit' }]);
  });

  test('that has more pages than it may ends where it is cut off', async () => {
    const { sources } = await forecast([{ use: listed('shop'), maxPages: 4 }], {
      shop: (request) => page(request, 1_000),
    });
    expect(sources).toMatchObject([{ pages: 4, capped: true, requests: 4 }]);
  });

  test('with several windows is bound by the one that takes longest, at what its requests cost', async () => {
    const rateLimit = [
      { requests: 5, perMs: 1000 },
      { requests: 20, perMs: 60_000 },
    ];
    const { sources } = await forecast([listed('shop', { rateLimit, cost: () => 3 })], {
      shop: (request) => page(request, 200),
    });
    // 30 places: one window of 20 before the last.
    expect(sources).toMatchObject([{ least_ms: 60_020 + 50, bound: 'limit', limit: '5/s and 20/min' }]);
  });

  test('that shares its limit waits for the requests of the others too', async () => {
    const shared = { limitGroup: 'api' };
    const { sources } = await forecast([listed('shop', shared), listed('feed', shared), listed('own')], {
      shop: (request) => page(request, 100),
      feed: (request) => page(request, 120),
      own: (request) => page(request, 100),
    });
    // 5 and 6 pages take two windows before the last of 11; 5 alone take none.
    expect(sources.map(({ least_ms }) => least_ms)).toEqual([2_090, 2_090, 100]);
  });

  test('that can’t be asked tells why after one more try, and costs the others nothing', async () => {
    const { sources, run, asked } = await forecast([listed('dead'), listed('shop'), listed('locked')], {
      shop: (request) => page(request, 20),
      locked: () => 401,
    });
    expect(sources.map(({ error }) => error?.code)).toEqual(['network_error', undefined, 'http_401']);
    expect(asked.filter((url) => url.startsWith('dead'))).toHaveLength(2);
    expect(run).toMatchObject({ pages: 1, whole: false });
  });

  test('tells of a body that can’t be read as the run would', async () => {
    const { sources } = await forecast([listed('broken'), listed('odd')], {
      broken: () => '{"items": [',
      odd: () => ({ data: [] }),
    });
    expect(sources.map(({ error }) => error?.code)).toEqual(['malformed_json', 'unexpected_shape']);
  });
});

describe('planning', () => {
  test('leaves nothing behind where there was nothing', async () => {
    const folder = await temporaryFolder();
    await forecast([listed('shop')], { shop: (request) => page(request, 20) }, { state: {} }, folder);
    expect(await readdir(folder)).toEqual([]);
  });

  test('notes its request where a state folder is, so that the limit holds for the run that follows', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, '.pipeline'));
    const source = { use: listed('shop'), rateLimit: { requests: 1, perMs: 60_000 } };
    const answers = { shop: (request: Parameters<typeof page>[0]) => page(request, 20) };
    const first = await probed([source], answers, { state: {} }, folder);
    await drive(first.clock, planRun(first.config, first.services, never));
    const second = await probed([source], answers, { state: {} }, folder);
    const began = second.clock.now();
    await drive(second.clock, planRun(second.config, second.services, never));
    expect(second.clock.now() - began).toBeGreaterThan(50_000);
    expect(existsSync(join(folder, '.pipeline', 'lock'))).toBe(false);
  });

  test('is refused while a run is under way: the limit is the run’s', async () => {
    const folder = await temporaryFolder();
    const lock = await takeLock(join(folder, '.pipeline'));
    const { config, services } = await probed([listed('shop')], {}, { state: {} }, folder);
    await expect(planRun(config, services, never)).rejects.toMatchObject({ code: 'state_locked' });
    await lock.release();
  });

  test('ends when it is interrupted', async () => {
    const stop = new AbortController();
    const answers = { shop: () => stop.abort(new Error('Ctrl-C')) };
    const { config, services, clock } = await probed([listed('shop')], answers);
    await expect(drive(clock, planRun(config, services, stop.signal))).rejects.toThrow('Ctrl-C');
  });
});
