import { describe, expect, test } from 'vitest';
import type { PageInput, PageVerdict } from '../../../core/contracts/batch.ts';
import type { PageOutcome, SourceClient, SourcePlan } from '../../../core/contracts/engine.ts';
import type { SourceAdapter } from '../../../core/contracts/pager.ts';
import { cursorPagination, graphqlPagination, offsetPagination, timeWindowPagination } from '../../../core/plugin.ts';
import { createByteBudget } from '../../../core/run/byte-budget.ts';
import { runSource } from '../../../core/run/source-run.ts';
import {
  deliveredIds,
  failures,
  fakeClient,
  fakePlan,
  fakePorts,
  fakeProcessor,
  response,
} from '../../support/fake-run.ts';

const items = (from: number, to: number): { id: number }[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => ({ id: from + index }));

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
};

/** A source whose bodies are `{ items: [{ id }] }`. */
function planOf(pagination: SourceAdapter): SourcePlan {
  const plan = fakePlan({ style: 'custom', needs: 'body', ...pagination });
  return { ...plan, plugin: { ...plan.plugin, items: (body) => body['items'] } };
}

async function run(source: SourcePlan, client: SourceClient, processor = fakeProcessor()) {
  const outcomes: PageOutcome[] = [];
  const push = (outcome: PageOutcome): void => {
    outcomes.push(outcome);
    if (outcome.kind === 'delivered') outcome.release();
  };
  const ports = fakePorts(client, processor);
  const { signal } = new AbortController();
  const state = await runSource({ source, client, ports, budget: createByteBudget(1_000_000), push, signal });
  return { state, outcomes, ids: deliveredIds(outcomes), failed: failures(outcomes) };
}

describe('a page that names the next one', () => {
  const byCursor = cursorPagination({ path: '/items', limit: 10, cursor: (body) => body['next'] });
  const chain = (at: number, last = 3): unknown => ({
    items: items(at * 10, at * 10 + 10),
    next: at < last ? at + 1 : null,
  });
  const cursorOf = (url: URL): number => Number(url.searchParams.get('cursor') ?? 0);

  test('has the next one fetched while it is processed', async () => {
    const client = fakeClient(({ url }) => chain(cursorOf(url)));
    const processor = fakeProcessor();
    /** Requests that had been sent when the first page went to processing, and when its verdict came. */
    const asked: number[] = [];
    const slow = {
      ...processor,
      async process(input: PageInput) {
        const before = client.asked.length;
        await turns(20);
        if (asked.length === 0) asked.push(before, client.asked.length);
        return processor.process(input);
      },
    };
    const { ids } = await run(planOf(byCursor), client, slow);
    expect(new Set(ids).size).toBe(40);
    expect(asked).toEqual([1, 4]);
  });

  test('is asked again where its body is bad, and leads nowhere until it is good', async () => {
    let broken = 2;
    const client = fakeClient(({ url }) => {
      const at = cursorOf(url);
      if (at !== 1 || broken-- <= 0) return chain(at);
      return broken === 1 ? '{"next": 2, "items": [' : { next: 7, items: 'none' };
    });
    const { ids, state } = await run(planOf(byCursor), client);
    expect(client.asked.map((url) => url.split('=').at(1)?.slice(0, 1))).toEqual(['1', '1', '1', '1', '2', '3']);
    expect(ids).toHaveLength(40);
    expect(new Set(ids).size).toBe(40);
    expect(state).toBe('complete');
  });

  test('is found by its headers, and a bad body without them is no end', async () => {
    const client = fakeClient(({ url, attempt }) => {
      const at = cursorOf(url);
      if (at === 1 && attempt === 1) return response('<html>back in a minute</html>');
      return response({ items: items(at * 10, at * 10 + 10) }, at < 3 ? { 'x-next': String(at + 1) } : {}, attempt);
    });
    const pager = cursorPagination({ path: '/items', limit: 10, cursor: { header: 'x-next' } });
    const { ids, state } = await run(planOf(pager), client);
    expect(ids).toHaveLength(40);
    expect(state).toBe('complete');
  });

  test('is not followed before the verdict where it is longer than was asked for', async () => {
    const client = fakeClient(() => ({ items: items(0, 50), next: 'more' }));
    const { failed } = await run(planOf(byCursor), client);
    expect(client.asked).toHaveLength(1);
    expect(failed).toEqual([{ code: 'paging_ignored', pages: 1 }]);
  });

  test('that a thread fails on is one error, and those behind it come all the same', async () => {
    const processor = fakeProcessor();
    let page = 0;
    const failing = {
      ...processor,
      process: (input: PageInput): Promise<PageVerdict> =>
        (page += 1) === 2
          ? Promise.resolve({ ok: false, code: 'worker_failed', message: 'gone', processingMs: 0 })
          : processor.process(input),
    };
    const client = fakeClient(({ url }) => chain(cursorOf(url)));
    const { ids, failed, state } = await run(planOf(byCursor), client, failing);
    expect(ids).toHaveLength(30);
    expect(failed).toEqual([{ code: 'worker_failed', pages: 1 }]);
    expect(state).toBe('partial');
  });

  test('that holds GraphQL errors is asked again, and then told by them', async () => {
    const connection = (data: { things: unknown }) => data.things;
    const pager = graphqlPagination({ query: '{ things }', limit: 10, connection });
    const refusal = { data: null, errors: [{ message: 'too deep' }] };
    const client = fakeClient(({ attempt }) => response(refusal, {}, attempt));
    const { outcomes, failed } = await run(planOf(pager), client);
    expect(client.asked).toHaveLength(4);
    expect(failed).toEqual([{ code: 'response_refused', pages: 1 }]);
    const failure = outcomes.find((outcome) => outcome.kind === 'failed');
    expect(failure?.error).toMatchObject({ message: 'the answer holds errors: too deep', attempts: 4, status: 200 });
  });
});

describe('totals of several listings', () => {
  const windows = timeWindowPagination({
    from: '2026-01-01',
    to: '2026-01-04',
    step: { days: 1 },
    within: ({ from }) =>
      offsetPagination({
        path: '/items',
        limit: 10,
        query: { day: from.getUTCDate() },
        total: (body) => body['total'],
      }),
  });
  const sizes = [25, 0, 7];
  const window =
    (lost = 0) =>
    ({ url }: { url: URL }): unknown => {
      const day = Number(url.searchParams.get('day'));
      const offset = Number(url.searchParams.get('offset'));
      const size = sizes[day - 1] ?? 0;
      return { items: items(day * 100 + offset, day * 100 + Math.min(offset + 10, size - lost)), total: size };
    };

  test('are added up, and what came is held against them', async () => {
    const whole = await run(planOf(windows), fakeClient(window()));
    expect(whole.ids).toHaveLength(32);
    expect(whole.state).toBe('complete');
    const short = await run(planOf(windows), fakeClient(window(1)));
    expect(short.outcomes.flatMap((outcome) => (outcome.kind === 'notice' ? [outcome.error.message] : []))).toEqual([
      'the upstream declares 32 items, 30 came',
    ]);
  });
});
