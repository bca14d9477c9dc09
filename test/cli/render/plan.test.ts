import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { createPaint } from '../../../cli/render/paint.ts';
import { renderPlan } from '../../../cli/render/plan.ts';
import type { PlannedSource, RunForecast } from '../../../core/index.ts';

function planned(change: Partial<PlannedSource> = {}): PlannedSource {
  return {
    source: 'shop',
    pagination: 'offset',
    rate_limits: [{ requests: 5, perMs: 1000 }],
    limit_group: null,
    limit: '5/s',
    concurrency: 16,
    children: [],
    pages: 10,
    capped: false,
    items: 194,
    requests: 10,
    latency_ms: 50,
    sequential: false,
    least_ms: 1_070,
    bound: 'limit',
    error: null,
    ...change,
  };
}

const unknown = { pages: null, items: null, requests: null, least_ms: null, bound: null } as const;

const forecast: RunForecast = {
  sources: [
    planned(),
    planned({ source: 'feed', ...unknown, sequential: true }),
    planned({ source: 'dead', ...unknown, latency_ms: null, error: { code: 'http_401', message: 'no\u001b[31m key' } }),
    planned({ source: 'long', pages: 4, capped: true, bound: 'concurrency', concurrency: 3 }),
  ],
  run: { pages: 14, requests: 14, least_ms: 1_070, whole: false, slowest: 'shop', deadline_ms: 500 },
};

it('says what no figure has in it', () => {
  const sources = [planned({ children: ['reviews', 'images'] })];
  const shown = renderPlan({ ...forecast, sources }, { width: 120, paint: createPaint(false) });
  expect(shown).toContain('shop: asks for reviews, images of its items too, which no figure has in it');
});

it.each([
  [{ pages: 1, least_ms: 50 }, 'one answer'],
  [{ sequential: true, least_ms: 500 }, 'answers, one page after another'],
  [{ least_ms: 100 }, 'answers: the first, then the others at once'],
  [{ least_ms: 50 }, 'answers, all at once'],
])('says how answers bound %j: %s', (change, words) => {
  const sources = [planned({ bound: 'latency', ...change })];
  const [, shown] = renderPlan({ ...forecast, sources }, { width: 120, paint: createPaint(false) });
  expect(shown).toMatch(new RegExp(` {2}${words}$`));
});

const rendered = (width: number): string[] => renderPlan(forecast, { width, paint: createPaint(false) });

describe('renderPlan', () => {
  it('tells of each source and of the whole run', () => {
    expect(rendered(120)).toEqual([
      'source    pages  items  requests  answer  least time  bound by',
      'shop         10    194        10   50 ms      1.07 s  the declared limit of 5/s',
      'feed    unknown      –         –   50 ms     unknown  one page after another, at most 5/s',
      'dead     failed      –         –       –           –  –',
      'long          4    194        10   50 ms      1.07 s  answers, 3 at once',
      'feed: the upstream tells no total, so its size shows only at its last page',
      'long: has more pages than maxPages; the run ends it after 4',
      'dead: http_401: no key',
      '',
      'whole run: at least 14 pages, 1.07 s (all sources at once; shop takes longest)',
      'the deadline of 500 ms comes before that: the run would end as partial',
    ]);
  });

  it.each([30, 60, 80])('is no wider than %d columns', (width) => {
    for (const line of rendered(width)) expect(stringWidth(line)).toBeLessThanOrEqual(width);
  });
});
