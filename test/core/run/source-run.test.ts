import { describe, expect, test } from 'vitest';
import type { PageOutcome, SourceClient, SourcePlan } from '../../../core/contracts/engine.ts';
import { SluiceError } from '../../../core/errors.ts';
import { cursorPagination, linkPagination, offsetPagination, singlePage } from '../../../core/plugin.ts';
import { createByteBudget } from '../../../core/run/byte-budget.ts';
import { runSource } from '../../../core/run/source-run.ts';
import { settle } from '../../support/fake-clock.ts';
import {
  deliveredIds,
  failures,
  fakeClient,
  fakePlan,
  fakePorts,
  openBreaker,
  response,
} from '../../support/fake-run.ts';

const items = (from: number, to: number): { id: number }[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => ({ id: from + index }));

const counted = offsetPagination({ path: '/items', limit: 10, total: (body) => body['total'] });
const uncounted = offsetPagination({ path: '/items', limit: 10 });

/** An upstream of `size` items that honours limit and offset and tells its total. */
function listing(size: number, declared: unknown = size) {
  return ({ url }: { url: URL }): unknown => {
    const offset = Number(url.searchParams.get('offset'));
    return { items: items(offset, Math.min(offset + 10, size)), total: declared };
  };
}

async function run(source: SourcePlan, client: SourceClient, signal = new AbortController().signal) {
  const outcomes: PageOutcome[] = [];
  const ports = fakePorts(client);
  const budget = createByteBudget(1_000_000);
  const state = await runSource({
    source,
    client,
    ports,
    budget,
    push(outcome) {
      outcomes.push(outcome);
      if (outcome.kind === 'delivered') outcome.release();
    },
    signal,
  });
  return { state, outcomes, ids: deliveredIds(outcomes), failed: failures(outcomes), events: ports.events };
}

describe('a source that behaves', () => {
  test('delivers every item of a listing with a known total, each page asked for once', async () => {
    const client = fakeClient(listing(94));
    const { state, ids } = await run(fakePlan(counted), client);
    expect(state).toBe('complete');
    expect(new Set(ids).size).toBe(94);
    expect(client.asked).toHaveLength(10);
    expect(new Set(client.asked).size).toBe(10);
  });

  test('fetches all pages but the first at once, within its concurrency', async () => {
    let open = 0;
    let most = 0;
    const answer = listing(94);
    const client = fakeClient(async (request) => {
      most = Math.max(most, ++open);
      await new Promise<void>((resolve) => setImmediate(resolve));
      open -= 1;
      return answer(request);
    });
    await run(fakePlan(counted, { concurrency: 3 }), client);
    expect(most).toBe(6);
  });

  test('walks a listing without a total until a page is short', async () => {
    const client = fakeClient(({ url }) => items(Number(url.searchParams.get('offset')), 25).slice(0, 10));
    const { state, ids } = await run(fakePlan(uncounted), client);
    expect(state).toBe('complete');
    expect(ids).toHaveLength(25);
    expect(client.asked).toHaveLength(3);
  });

  test('goes through a listing of many slices without a gap', async () => {
    const client = fakeClient(listing(12_345));
    const { state, ids } = await run(fakePlan(counted, { maxPages: 10_000 }), client);
    expect(state).toBe('complete');
    expect(new Set(ids).size).toBe(12_345);
  });

  test('an empty source is complete', async () => {
    const { state, ids } = await run(fakePlan(counted), fakeClient(listing(0)));
    expect(state).toBe('complete');
    expect(ids).toEqual([]);
  });

  test('says how many pages there are once it is known', async () => {
    const { events } = await run(fakePlan(counted), fakeClient(listing(94)));
    expect(events.filter(({ type }) => type === 'pages-known')).toEqual([
      { type: 'pages-known', source: 'fake', pages: 10 },
    ]);
  });
});

describe('duplicates', () => {
  test('an id that comes twice, on one page or on two, is delivered once and counted', async () => {
    const pages = [
      [{ id: 1 }, { id: 2 }, { id: 2 }],
      [{ id: 3 }, { id: 1 }],
    ];
    const pager = offsetPagination({ path: '/items', limit: 3 });
    const client = fakeClient(({ url }) => pages[Number(url.searchParams.get('offset')) / 3]);
    const { ids, outcomes, state } = await run(fakePlan(pager), client);
    expect(ids.toSorted()).toEqual(['fake:1', 'fake:2', 'fake:3']);
    expect(outcomes.map((outcome) => (outcome.kind === 'delivered' ? outcome.duplicates : -1))).toEqual([1, 1]);
    expect(state).toBe('complete');
  });

  test('two overlapping pages that are read at the same time never let an id through twice', async () => {
    const overlapping = ({ url }: { url: URL }): unknown => {
      const offset = Number(url.searchParams.get('offset'));
      return {
        items: items(Math.max(0, offset - 5), offset + 5).concat(offset === 0 ? items(900, 905) : []),
        total: 100,
      };
    };
    const { ids } = await run(fakePlan(counted), fakeClient(overlapping));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('guards', () => {
  test('a page longer than the limit ends the source, its records kept', async () => {
    const { state, ids, failed } = await run(
      fakePlan(uncounted),
      fakeClient(() => items(0, 50)),
    );
    expect(state).toBe('partial');
    expect(ids).toHaveLength(50);
    expect(failed).toEqual([{ code: 'paging_ignored', pages: 1 }]);
  });

  test('the same full page for ever ends the source', async () => {
    const client = fakeClient(() => items(0, 10));
    const { state, ids, failed } = await run(fakePlan(uncounted), client);
    expect(state).toBe('partial');
    expect(ids).toHaveLength(10);
    expect(failed).toEqual([{ code: 'pagination_loop', pages: 1 }]);
    expect(client.asked).toHaveLength(2);
  });

  test('a cursor that comes again ends the source', async () => {
    const pager = cursorPagination({ path: '/items', cursor: (body) => body['next'] });
    const cursors = ['a', 'b', 'a'];
    let call = 0;
    const client = fakeClient(() => ({ items: [{ id: call }], next: cursors[call++ % 3] }));
    const { failed, state } = await run(fakePlan(pager), client);
    expect(failed).toEqual([{ code: 'pagination_loop', pages: 1 }]);
    expect(state).toBe('partial');
    expect(call).toBe(3);
  });

  test('a next link to another origin is not asked', async () => {
    const client = fakeClient(() => response([{ id: 1 }], { link: '<https://evil.test/items?page=2>; rel="next"' }));
    const { failed } = await run(fakePlan(linkPagination({ path: '/items' })), client);
    expect(failed).toEqual([{ code: 'cross_origin', pages: 1 }]);
    expect(client.asked).toEqual(['/items']);
  });

  test('a source with more pages than the cap delivers those up to it', async () => {
    const client = fakeClient(listing(1000));
    const { state, failed, ids } = await run(fakePlan(counted, { maxPages: 5 }), client);
    expect(client.asked).toHaveLength(5);
    expect(ids).toHaveLength(50);
    expect(failed).toEqual([{ code: 'page_cap_reached', pages: 95 }]);
    expect(state).toBe('partial');
  });

  test('a source of unknown size that reaches the cap says so', async () => {
    const client = fakeClient(({ url }) => items(Number(url.searchParams.get('offset')), 1_000).slice(0, 10));
    const { failed, ids } = await run(fakePlan(uncounted, { maxPages: 3 }), client);
    expect(ids).toHaveLength(30);
    expect(failed).toEqual([{ code: 'page_cap_reached', pages: 1 }]);
  });

  test('a source of exactly as many pages as the cap is complete', async () => {
    const { state } = await run(fakePlan(counted, { maxPages: 5 }), fakeClient(listing(50)));
    expect(state).toBe('complete');
  });

  test('past the end, pages that bring nothing new are asked for once', async () => {
    let stamp = 0;
    const client = fakeClient(({ url }) => {
      const offset = Math.min(Number(url.searchParams.get('offset')), 20);
      return { items: items(offset, offset + 10), total: 31, stamp: (stamp += 1) };
    });
    const { outcomes, ids } = await run(fakePlan(counted), client);
    expect(new Set(ids).size).toBe(30);
    expect(outcomes.some((outcome) => outcome.kind === 'notice' && outcome.error.code === 'total_mismatch')).toBe(true);
    expect(client.asked.length).toBeLessThanOrEqual(5);
  });

  test('a total that is far too large does not have the source ask for empty pages for ever', async () => {
    const client = fakeClient(listing(95, 1_000_000_000));
    const { state, ids, failed } = await run(fakePlan(counted, { maxPages: 1_000_000 }), client);
    expect(ids).toHaveLength(95);
    expect(failed).toEqual([{ code: 'total_mismatch', pages: 1 }]);
    expect(state).toBe('partial');
    // What is fetched ahead of the verdicts is bounded by the byte budget: a million bytes are 122 such pages.
    expect(client.asked.length).toBeLessThan(200);
  });

  test('fewer items than declared: one more page is asked for, then the difference is reported', async () => {
    const client = fakeClient(listing(20, 30));
    const { state, outcomes } = await run(fakePlan(counted), client);
    const notice = outcomes.find(({ kind }) => kind === 'notice');
    expect(notice).toMatchObject({ error: { code: 'total_mismatch' } });
    expect(client.asked.at(-1)).toContain('offset=30');
    expect(client.asked).toHaveLength(4);
    expect(state).toBe('partial');
  });

  test('a listing that grows while it is read is read to its new end', async () => {
    let calls = 0;
    const client = fakeClient((request) => listing(++calls > 2 ? 47 : 30)(request));
    const { state, ids } = await run(fakePlan(counted, { concurrency: 1 }), client);
    expect(new Set(ids).size).toBe(47);
    expect(state).toBe('complete');
  });

  test('an extra page that does not exist is no failure of a page', async () => {
    const client = fakeClient((request) => {
      if (request.url.search.includes('offset=30')) throw new SluiceError('http_404', 'HTTP 404');
      return listing(20, 30)(request);
    });
    const { failed, outcomes } = await run(fakePlan(counted), client);
    expect(failed).toEqual([]);
    expect(outcomes.some(({ kind }) => kind === 'notice')).toBe(true);
  });
});

describe('bodies that can not be read', () => {
  test('the page goes back on the worklist within its attempts, and its follow-ups are not asked for twice', async () => {
    let broken = 2;
    const pager = offsetPagination({ path: '/items', limit: 10, total: { header: 'x-total-count' } });
    const client = fakeClient(({ url, attempt }) => {
      const offset = Number(url.searchParams.get('offset'));
      const body = offset === 0 && broken-- > 0 ? '[{"id":' : items(offset, Math.min(offset + 10, 25));
      return response(body, { 'x-total-count': '25' }, attempt);
    });
    const { state, ids } = await run(fakePlan(pager), client);
    expect(state).toBe('complete');
    expect(ids).toHaveLength(25);
    expect(client.asked.filter((url) => url.includes('offset=0'))).toHaveLength(3);
    expect(client.asked).toHaveLength(5);
  });

  test('a page that stays broken fails alone, after its attempts', async () => {
    const client = fakeClient((request) => {
      if (!request.url.search.includes('offset=10')) return listing(30)(request);
      return response('<html>', {}, request.attempt);
    });
    const { state, ids, failed, outcomes } = await run(fakePlan(counted), client);
    expect(state).toBe('partial');
    expect(ids).toHaveLength(20);
    expect(failed).toEqual([{ code: 'malformed_json', pages: 1 }]);
    expect(outcomes.find(({ kind }) => kind === 'failed')).toMatchObject({ error: { attempts: 4 } });
    expect(client.asked.filter((url) => url.includes('offset=10'))).toHaveLength(4);
  });

  test('follow-ups that a broken body names are not asked for', async () => {
    const pager = cursorPagination({ path: '/items', cursor: (body) => body['next'] });
    const client = fakeClient(({ attempt }) => response('{"next":"b"', {}, attempt));
    const { state, failed } = await run(fakePlan(pager), client);
    expect(state).toBe('failed');
    expect(failed).toEqual([{ code: 'malformed_json', pages: 1 }]);
    expect(client.asked).toHaveLength(4);
  });
});

describe('failures', () => {
  test('a page that fails for good costs that page, not the others', async () => {
    const client = fakeClient((request) => {
      if (request.url.search.includes('offset=20')) throw new SluiceError('http_404', 'HTTP 404', { attempts: 1 });
      return listing(50)(request);
    });
    const { state, ids, failed } = await run(fakePlan(counted), client);
    expect(state).toBe('partial');
    expect(ids).toHaveLength(40);
    expect(failed).toEqual([{ code: 'http_404', pages: 1 }]);
  });

  test('a source that can not be reached weighs one page', async () => {
    const client = fakeClient(() => {
      throw new SluiceError('network_error', 'ECONNREFUSED', { attempts: 4 });
    });
    const { state, failed } = await run(fakePlan(counted), client);
    expect(state).toBe('failed');
    expect(failed).toEqual([{ code: 'network_error', pages: 1 }]);
  });

  test('a request that the open breaker refuses keeps its attempts and is asked for again', async () => {
    const attempts: number[] = [];
    const client = fakeClient((request) => {
      attempts.push(request.attempt);
      if (attempts.length === 1) throw new SluiceError('circuit_open', 'open', { attempts: 2 });
      return listing(5)(request);
    });
    const { state } = await run(fakePlan(counted), client);
    expect(state).toBe('complete');
    expect(attempts).toEqual([1, 3]);
  });

  test('a breaker that gives the upstream up ends the source; the pages it had left are counted', async () => {
    let asked = 0;
    const breaker = {
      ...openBreaker,
      ready: () =>
        asked > 2
          ? Promise.reject(new SluiceError('circuit_open', 'given up', { cause: new Error('connection refused') }))
          : Promise.resolve(),
    };
    const client = fakeClient((request) => {
      asked += 1;
      return listing(100)(request);
    }, breaker);
    const { state, failed, ids } = await run(fakePlan(counted, { concurrency: 1 }), client);
    expect(state).toBe('partial');
    expect(failed).toEqual([{ code: 'circuit_open', pages: 10 - ids.length / 10 }]);
  });

  test('a pager that throws ends its source with an error that names it', async () => {
    const pager = { ...singlePage({ path: '/items' }), next: () => JSON.parse('{') as never };
    const { state, outcomes } = await run(
      fakePlan(pager),
      fakeClient(() => []),
    );
    expect(state).toBe('failed');
    expect(outcomes[0]).toMatchObject({ kind: 'failed', error: { code: 'source_failed' } });
  });
});

describe('stopping', () => {
  test('an abort ends the fetching at once; what was fetched is delivered, the rest counted', async () => {
    const stop = new AbortController();
    const client = fakeClient(async (request) => {
      if (client.asked.length > 3) {
        stop.abort(new SluiceError('deadline_exceeded', 'too late'));
        request.signal.throwIfAborted();
      }
      return listing(100)(request);
    });
    const { state, ids, failed } = await run(fakePlan(counted, { concurrency: 1 }), client, stop.signal);
    expect(state).toBe('partial');
    expect(ids.length).toBeGreaterThan(0);
    expect(failed).toEqual([{ code: 'deadline_exceeded', pages: 10 - ids.length / 10 }]);
  });

  test('a source that was failing when it was cut off says by what', async () => {
    const stop = new AbortController();
    const failure = new SluiceError('timeout', 'no response headers within 10 ms', { url: 'https://fake.test/items' });
    const client = fakeClient(
      (request) => {
        stop.abort(new SluiceError('deadline_exceeded', 'too late'));
        request.signal.throwIfAborted();
      },
      { ...openBreaker, lastFailure: failure },
    );
    const { outcomes } = await run(fakePlan(counted), client, stop.signal);
    expect(outcomes[0]).toMatchObject({
      kind: 'failed',
      error: {
        code: 'deadline_exceeded',
        message: 'too late; the last failure was: no response headers within 10 ms',
        url: 'https://fake.test/items',
        cause: failure,
      },
    });
  });

  test('a run that was aborted before it began asks nothing', async () => {
    const client = fakeClient(listing(10));
    const { state, failed } = await run(
      fakePlan(counted),
      client,
      AbortSignal.abort(new SluiceError('interrupted', 'no')),
    );
    expect(state).toBe('failed');
    expect(failed).toEqual([{ code: 'interrupted', pages: 1 }]);
    expect(client.asked).toEqual([]);
  });

  test('no page is fetched while the sinks hold more bytes than allowed', async () => {
    const outcomes: PageOutcome[] = [];
    const client = fakeClient(listing(500));
    const ports = fakePorts(client);
    const source = fakePlan(counted, { concurrency: 1 });
    const { signal } = new AbortController();
    const budget = createByteBudget(100_000);
    const done = runSource({ source, client, ports, budget, push: (outcome) => void outcomes.push(outcome), signal });
    let taken = 0;
    let mostHeld = 0;
    for (let idle = 0; idle < 20; idle += 1) {
      await settle();
      mostHeld = Math.max(mostHeld, client.asked.length - taken);
      for (const outcome of outcomes.slice(taken)) {
        if (outcome.kind === 'delivered') outcome.release();
        taken += 1;
        idle = 0;
      }
    }
    await done;
    expect(deliveredIds(outcomes)).toHaveLength(500);
    // A page counts as about 8,300 bytes: thirteen go over the bound, and two more may be under way when they do.
    expect(mostHeld).toBeLessThanOrEqual(15);
    expect(mostHeld).toBeGreaterThan(4);
  });
});
