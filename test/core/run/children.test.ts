import { describe, expect, test } from 'vitest';
import type { EnginePorts, PageOutcome, SourcePlan } from '../../../core/contracts/engine.ts';
import type { SourceJournal } from '../../../core/contracts/journal.ts';
import type { SourcePlugin } from '../../../core/contracts/source.ts';
import {
  cursorPagination,
  defineChild,
  defineModel,
  defineNormalizer,
  defineSource,
  offsetPagination,
} from '../../../core/plugin.ts';
import { createInlineProcessor } from '../../../core/processing/inline.ts';
import { createByteBudget } from '../../../core/run/byte-budget.ts';
import { runSource } from '../../../core/run/source-run.ts';
import {
  type Answer,
  deliveredIds,
  failures,
  fakeClient,
  fakePlan,
  fakePorts,
  hasher,
  noJournal,
  response,
} from '../../support/fake-run.ts';

interface Thing {
  readonly id: number;
  readonly name?: string;
}

const range = (from: number, to: number): Thing[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, at) => ({ id: from + at }));
const normalizer = defineNormalizer({ normalize: ({ id, name }: Thing) => ({ id, name }) });
const model = defineModel<object>({
  name: 'thing',
  schema: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as object }) } },
});

/** The reviews of each product, two a page, with a total. */
const reviews = defineChild({
  name: 'reviews',
  parent: ({ id }: Thing) => ({ id }),
  pagination: ({ id }) =>
    offsetPagination({ path: `/products/${id}/reviews`, limit: 2, total: (body) => body['total'] }),
  items: (body) => body['items'],
  normalizer: defineNormalizer({
    normalize: ({ id }: Thing, { child, parent }) => ({ id: `${Number(parent?.['id'])}-${id}`, of: child }),
  }),
});

function shop(change: Partial<SourcePlugin> = {}): SourcePlan {
  const plugin = defineSource({
    name: 'fake',
    baseUrl: 'https://fake.test',
    rateLimit: { requests: 5, perMs: 1000 },
    pagination: offsetPagination({ path: '/products', limit: 10, total: (body) => body['total'] }),
    items: (body) => body['items'],
    normalizer,
    children: [reviews],
    ...change,
  });
  return { ...fakePlan(plugin.pagination as never), plugin };
}

/** Products, and for each of them so many reviews. */
function upstream(products: number, reviewsOf: (product: number) => number, declared = reviewsOf): Answer {
  return ({ url }) => {
    const offset = Number(url.searchParams.get('offset'));
    const product = /\/products\/(\d+)\/reviews/.exec(url.pathname)?.[1];
    if (product === undefined) return { items: range(offset, Math.min(offset + 10, products)), total: products };
    const all = reviewsOf(Number(product));
    return { items: range(offset, Math.min(offset + 2, all)), total: declared(Number(product)) };
  };
}

interface RunOptions {
  readonly source?: SourcePlan;
  readonly journal?: SourceJournal;
  readonly onPush?: (outcome: PageOutcome) => void;
  readonly clients?: EnginePorts['clients'];
}

async function run(answer: Answer, options: RunOptions = {}) {
  const { source = shop(), journal = noJournal.source('fake'), onPush } = options;
  const client = fakeClient(answer);
  const processor = createInlineProcessor({ sources: new Map([['fake', source.plugin]]), model, hasher });
  const ports = { ...fakePorts(client, processor), journal: () => journal };
  const outcomes: PageOutcome[] = [];
  const state = await runSource({
    source,
    client,
    ports: options.clients === undefined ? ports : { ...ports, clients: options.clients },
    budget: createByteBudget(1_000_000),
    push(outcome) {
      onPush?.(outcome);
      if (onPush === undefined) outcomes.push(outcome);
      if (outcome.kind === 'delivered') outcome.release();
    },
    signal: new AbortController().signal,
  });
  return { state, outcomes, ids: deliveredIds(outcomes), failed: failures(outcomes), asked: client.asked, ports };
}

const idOf = (product: number, review: number): string => `fake:reviews/${product}-${review}`;

describe('the children of a source', () => {
  test('come once each, with the fields of their parent, under ids of their own', async () => {
    const { state, ids, outcomes, asked, ports } = await run(upstream(25, (product) => product % 6));
    const expected = range(0, 25).flatMap(({ id }) => [
      `fake:${id}`,
      ...range(0, id % 6).map((review) => idOf(id, review.id)),
    ]);
    expect(ids.toSorted()).toEqual(expected.toSorted());
    expect(state).toBe('complete');
    expect(new Set(asked).size).toBe(asked.length);
    expect(outcomes.every(({ kind }) => kind === 'delivered')).toBe(true);
    const known = ports.events.flatMap((event) => (event.type === 'pages-known' ? [event.pages] : []));
    expect(known.at(-1)).toBe(asked.length);
  });

  test('may be the same, page for page, with different parents; within one that is a loop, and costs that one', async () => {
    const same = await run(({ url }) =>
      url.pathname === '/products' ? { items: range(0, 3), total: 3 } : { items: [{ id: 7 }], total: 1 },
    );
    expect(same.state).toBe('complete');
    expect(same.ids).toHaveLength(6);
    const loop = await run(({ url }) => {
      if (url.pathname === '/products') return { items: range(0, 3), total: 3 };
      return url.pathname.includes('/1/') ? { items: range(0, 2), total: 4 } : { items: [], total: 0 };
    });
    expect(loop.failed).toEqual([{ code: 'pagination_loop', pages: 1 }]);
    expect(loop.ids.toSorted()).toEqual(['fake:0', 'fake:1', 'fake:2', idOf(1, 0), idOf(1, 1)]);
    expect(loop.state).toBe('partial');
  });

  test('that can not be had are errors of their own: parents and the others stay', async () => {
    const answer = upstream(12, () => 1);
    const { state, failed, ids } = await run((request) =>
      request.url.pathname.includes('/4/') ? response('no JSON', {}, request.attempt) : answer(request),
    );
    expect(failed).toEqual([{ code: 'malformed_json', pages: 1 }]);
    expect(ids).toHaveLength(12 + 11);
    expect(state).toBe('partial');
  });

  test('that go on for ever, or are longer than was asked for, end alone', async () => {
    const endless = defineChild({
      ...reviews,
      parent: ({ id }: Thing) => ({ id }),
      pagination: ({ id }) =>
        cursorPagination({ path: `/products/${id}/reviews`, limit: 2, cursor: (body) => body['next'] }),
    });
    let cursor = 0;
    const { failed, ids } = await run(
      ({ url }) => {
        if (url.pathname === '/products') return { items: range(0, 3), total: 3 };
        if (url.pathname.includes('/0/')) return { items: range(0, 9), next: null };
        return { items: range(0, 2), next: url.pathname.includes('/1/') ? (cursor += 1) : null };
      },
      { source: { ...shop({ children: [endless] }), maxPages: 200 } },
    );
    expect(new Set(failed.map(({ code }) => code))).toEqual(new Set(['pagination_loop', 'paging_ignored']));
    expect(ids).toHaveLength(3 + 9 + 2 + 2);
    const capped = await run(
      ({ url }) => {
        if (url.pathname === '/products') return { items: range(0, 3), total: 3 };
        const at = Number(url.searchParams.get('cursor') ?? 0);
        return { items: range(at * 2, at * 2 + 2), next: url.pathname.includes('/1/') ? at + 1 : null };
      },
      { source: { ...shop({ children: [endless] }), maxPages: 5 } },
    );
    expect(capped.failed).toEqual([{ code: 'page_cap_reached', pages: 1 }]);
    expect(capped.ids).toHaveLength(3 + 2 + 10 + 2);
  });

  test('are held against the totals of all parents', async () => {
    const { state, outcomes } = await run(
      upstream(
        12,
        () => 1,
        () => 2,
      ),
    );
    const notices = outcomes.flatMap((outcome) => (outcome.kind === 'notice' ? [outcome.error] : []));
    expect(notices).toMatchObject([
      { code: 'total_mismatch', message: 'reviews: the upstream declares 24 items, 12 came' },
    ]);
    expect(state).toBe('partial');
  });

  test('are asked for once where two parents have the same', async () => {
    const shared = defineChild({
      ...reviews,
      parent: ({ id }: Thing) => ({ brand: id % 2 }),
      pagination: ({ brand }) =>
        offsetPagination({ path: `/brands/${brand}`, limit: 2, total: (body) => body['total'] }),
    });
    const { state, asked } = await run(
      ({ url }) =>
        url.pathname === '/products' ? { items: range(0, 10), total: 10 } : { items: [{ id: 1 }], total: 1 },
      { source: shop({ children: [shared] }) },
    );
    expect(asked).toHaveLength(3);
    expect(state).toBe('complete');
  });

  test('are none of a parent without fields; a parent that can not be asked is rejected', async () => {
    const some = defineChild({
      ...reviews,
      parent({ id, name }: Thing) {
        if (name !== undefined) throw new Error('no');
        return id % 2 === 0 ? { id } : undefined;
      },
    });
    const { ids, outcomes } = await run(
      ({ url }) =>
        url.pathname === '/products'
          ? { items: [...range(0, 4), { id: 9, name: 'x' }], total: 5 }
          : { items: [{ id: 1 }], total: 1 },
      { source: shop({ children: [some] }) },
    );
    expect(ids.toSorted()).toEqual(['fake:0', 'fake:1', 'fake:2', 'fake:3', idOf(0, 1), idOf(2, 1)]);
    const rejects = outcomes.flatMap((outcome) => (outcome.kind === 'delivered' ? outcome.rejects : []));
    expect(rejects).toMatchObject([{ reason: 'normalizer_failed', message: 'parent() of reviews failed: no' }]);
  });

  test('whose pager throws cost that parent alone', async () => {
    const failing = defineChild({
      ...reviews,
      parent: ({ id }: Thing) => ({ id }),
      pagination({ id }) {
        if (id === 1) throw new Error('no path');
        return reviews.pagination({ id });
      },
    });
    const { failed, outcomes, ids } = await run(
      upstream(3, () => 1),
      { source: shop({ children: [failing] }) },
    );
    expect(failed).toEqual([{ code: 'source_failed', pages: 1 }]);
    expect(outcomes.find(({ kind }) => kind === 'failed')).toMatchObject({
      error: { message: "the pager's pagination of reviews() threw: no path" },
    });
    expect(ids).toHaveLength(5);
  });

  test('with a limit of their own go another way', async () => {
    const own = fakeClient(upstream(3, () => 1));
    const plans: SourcePlan[] = [];
    const rateLimit = { requests: 1, perMs: 500 };
    const { asked, state } = await run(
      upstream(3, () => 1),
      {
        source: shop({ children: [{ ...reviews, rateLimit }] }),
        clients(plan) {
          plans.push(plan);
          return own;
        },
      },
    );
    expect(state).toBe('complete');
    expect(plans).toMatchObject([{ name: 'fake', child: 'reviews', rateLimits: [rateLimit] }]);
    expect(asked).toEqual(['/products?limit=10&offset=0']);
    expect(own.asked).toHaveLength(3);
  });

  test(
    'of 100,000 parents never wait in more requests than the pages under way bring',
    { timeout: 120_000 },
    async () => {
      const parents = 100_000;
      let added = 0;
      let done = 0;
      let most = 0;
      let records = 0;
      const journal: SourceJournal = {
        ...noJournal.source('fake'),
        added() {
          added += 1;
          most = Math.max(most, added - done);
        },
      };
      const pagination = cursorPagination({ path: '/products', limit: 100, cursor: (body) => body['next'] });
      const { state } = await run(
        ({ url }) => {
          if (url.pathname !== '/products') return { items: [{ id: 1 }], total: 1 };
          const from = Number(url.searchParams.get('cursor') ?? 0);
          return { items: range(from, from + 100), next: from + 100 < parents ? from + 100 : null };
        },
        {
          source: { ...shop({ pagination }), maxPages: 10_000 },
          journal,
          onPush(outcome) {
            if (outcome.kind !== 'delivered') return;
            done += 1;
            records += outcome.batch.count;
          },
        },
      );
      expect(state).toBe('complete');
      expect(records).toBe(2 * parents);
      expect(added).toBe(parents + parents / 100);
      // Four pages of a hundred parents are under way at once.
      expect(most).toBeLessThan(450);
    },
  );
});
