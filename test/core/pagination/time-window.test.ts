import { array, assert, integer, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offsetPagination } from '../../../core/pagination/offset.ts';
import { singlePage } from '../../../core/pagination/single.ts';
import { timeWindowPagination, type TimeWindow } from '../../../core/pagination/time-window.ts';
import { only, pageOf, walk } from './simulated-api.ts';

const query = ({ from, to }: TimeWindow) => ({ since: from.toISOString(), until: to.toISOString() });
const days = { from: '2026-01-01', to: '2026-01-04T12:00:00Z', step: { days: 1 } };
const plain = (window: TimeWindow) => singlePage({ path: '/events', query: query(window) });

describe('timeWindowPagination', () => {
  it('puts all windows on the worklist at once, the last one cut to the end', () => {
    const pager = timeWindowPagination({ ...days, within: plain });
    const windows = pager.first().map(({ url }) => [...new URL(url, 'https://api.test').searchParams.values()]);
    expect(windows).toEqual([
      ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'],
      ['2026-01-02T00:00:00.000Z', '2026-01-03T00:00:00.000Z'],
      ['2026-01-03T00:00:00.000Z', '2026-01-04T00:00:00.000Z'],
      ['2026-01-04T00:00:00.000Z', '2026-01-04T12:00:00.000Z'],
    ]);
    expect(pager).toMatchObject({ style: 'window', needs: 'headers' });
  });

  it('walks each window by the pager within, and brings every event once', () => {
    const start = Date.parse('2026-01-01');
    const at = integer({ min: 0, max: 10 * 86_400_000 - 1 });
    assert(
      property(array(at, { maxLength: 200 }), integer({ min: 1, max: 30 }), nat(7), (times, hours, seed) => {
        const got: number[] = [];
        const pager = timeWindowPagination({
          from: new Date(start),
          to: new Date(start + 10 * 86_400_000),
          step: { hours },
          within: (window) =>
            offsetPagination({ path: '/events', limit: 3, query: query(window), total: (body) => body.total }),
        });
        let turn = seed;
        const { keys } = walk(
          pager,
          ({ searchParams }) => {
            const [since = 0, until = 0] = ['since', 'until'].map((name) => Date.parse(searchParams.get(name) ?? ''));
            const within = times
              .map((ms, id) => ({ id, ms: start + ms }))
              .filter(({ ms }) => ms >= since && ms < until);
            const offset = Number(searchParams.get('offset'));
            const page = within.slice(offset, offset + 3);
            got.push(...page.map(({ id }) => id));
            return { body: { total: within.length, page }, items: (body: { page: unknown }) => body.page };
          },
          { pick: () => ((turn += 3) % 8) / 8 },
        );
        expect(got.toSorted((a, b) => a - b)).toEqual(times.map((_, id) => id));
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  it('keeps a million windows on the worklist by slices', () => {
    const pager = timeWindowPagination({ from: '2026-01-01', to: '2026-01-31', step: { minutes: 10 }, within: plain });
    const { keys, mostPending } = walk(pager, () => ({ body: [] }));
    expect(keys).toHaveLength(30 * 24 * 6);
    expect(mostPending).toBeLessThanOrEqual(1000);
  });

  it('goes on with its own span and state after they went through JSON, whatever the time is now', () => {
    const within = (window: TimeWindow) => offsetPagination({ path: '/e', limit: 2, query: query(window) });
    const [, second] = timeWindowPagination({ ...days, within }).first();
    const revived = JSON.parse(JSON.stringify(second)) as NonNullable<typeof second>;
    const later = timeWindowPagination({ from: '2020-01-01', to: '2027-01-01', step: { days: 3 }, within });
    const next = only(later.next(pageOf(revived, { body: [1, 2] })));
    expect(next.url).toBe('/e?limit=2&offset=2&since=2026-01-02T00%3A00%3A00.000Z&until=2026-01-03T00%3A00%3A00.000Z');
  });

  it('says which requests begin a window, for the totals', () => {
    const within = (window: TimeWindow) => offsetPagination({ path: '/e', limit: 2, query: query(window) });
    const pager = timeWindowPagination({ ...days, within });
    const [first] = pager.first();
    expect(first && pager.opens?.(first)).toBe(true);
    expect(first && pager.opens?.(only(pager.next(pageOf(first, { body: [1, 2] }))))).toBe(false);
  });

  it.each([
    [{ from: 'yesterday' }, 'from must be a date, or one as ISO 8601, found "yesterday"'],
    [{ to: '2025-01-01' }, 'to must be after from'],
    [{ step: { days: 0 } }, 'step must be a length of time'],
    [{ step: { weeks: 1 } as never }, 'step must be a length of time'],
    [{ within: 'x' as never }, 'within must be a function'],
    [{ within: () => singlePage({ path: '/events' }) }, 'within must be one that asks by the times of its window'],
  ])('refuses %o where it is defined', (wrong, message) => {
    expect(() => timeWindowPagination({ ...days, within: plain, ...wrong })).toThrow(message);
  });

  it('refuses a request that another pager made', () => {
    const pager = timeWindowPagination({ ...days, within: plain });
    expect(() => pager.next(pageOf({ key: 'GET /q', url: '/q' }))).toThrow(
      expect.objectContaining({ code: 'internal_error' }),
    );
  });
});
