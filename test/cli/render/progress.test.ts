import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../core/contracts/events.ts';
import { SluiceError } from '../../../core/errors.ts';
import { drawn, folded, page, started } from './fixtures.ts';

const known = (source: string, pages: number): readonly [number, RunEvent] => [
  1,
  { type: 'pages-known', source, pages },
];

describe('renderProgress', () => {
  it('shows a bar, pages, records, pace, retries, time to go and state of each source, and a total', () => {
    const state = folded(
      ...started('dummyjson', 'escuelajs'),
      known('dummyjson', 10),
      ...[10, 210, 410, 610, 810].flatMap((ms) => page('dummyjson', ms)),
      ...page('escuelajs', 20),
    );
    expect(drawn(state, 1_000)).toEqual([
      'source                               pages  records  req/s  retries   ETA',
      'dummyjson  ████████████░░░░░░░░░░░░   5/10      100      5        0  0:01  fetching',
      'escuelajs  ························      1       20      1        0     –  fetching',
      'total      ························      6      120      6        0     –  0:01',
    ]);
  });

  it('adds up the pages once every source has told its number', () => {
    const state = folded(...started('a', 'b'), known('a', 10), known('b', 10), ...page('a', 5));
    expect(drawn(state, 10).at(-1)).toMatch(/^total +█░+ +1\/20 /);
  });

  it.each<[string, RunEvent]>([
    ['rate limit', { type: 'limiter-wait', source: 'a', key: 'GET /', ms: 200 }],
    ['paused 0:03', { type: 'limiter-paused', source: 'a', ms: 3_000, reason: '429' }],
    ['retry 1', { type: 'retry', source: 'a', key: 'p', attempt: 2, delayMs: 900, error: 'timeout', message: 'x' }],
    ['breaker open', { type: 'breaker', source: 'a', from: 'closed', to: 'open', reason: 'x' }],
    ['probing', { type: 'breaker', source: 'a', from: 'open', to: 'half-open', reason: 'x' }],
    ['done', { type: 'source-ended', source: 'a', state: 'complete' }],
    ['partial', { type: 'source-ended', source: 'a', state: 'partial' }],
    ['failed', { type: 'source-ended', source: 'a', state: 'failed' }],
  ])('says "%s"', (words, event) => {
    const line = drawn(folded(...started('a'), [500, event]), 600)[1];
    expect(line?.endsWith(words)).toBe(true);
  });

  it('goes back to fetching when a wait is over', () => {
    const state = folded(
      ...started('a'),
      [0, { type: 'limiter-wait', source: 'a', key: 'GET /', ms: 200 }],
      [0, { type: 'limiter-paused', source: 'a', ms: 3_000, reason: '429' }],
      [0, { type: 'retry', source: 'a', key: 'p', attempt: 2, delayMs: 900, error: 'timeout', message: 'x' }],
    );
    expect(drawn(state, 3_001)[1]).toMatch(/fetching$/);
  });

  it('says that the run is stopping', () => {
    const error = new SluiceError('interrupted', 'x');
    expect(drawn(folded(...started('a'), [1, { type: 'run-stopping', error }]), 2).at(-1)).toMatch(/stopping$/);
  });

  it('counts the pages that came: those that failed are not among them', () => {
    const failed = {
      type: 'pages-failed',
      source: 'shop',
      pages: 3,
      error: new SluiceError('http_404', 'gone'),
    } as const;
    const lines = drawn(folded(...started('shop'), known('shop', 10), ...page('shop', 5), [6, failed]), 10);
    expect(lines[1]).toMatch(/^shop .* 1\/10 /);
    expect(lines[2]).toMatch(/^total .* 1\/10 /);
  });

  it.each([10, 20, 40, 60, 80, 120, 300])('is never wider than a terminal of %d columns', (columns) => {
    const state = folded(...started('dummyjson', 'a-source-with-quite-a-long-name'), known('dummyjson', 123_456));
    for (const line of drawn(state, 10, columns)) expect(stringWidth(line)).toBeLessThan(columns);
  });

  it('keeps name, pages and state at 40 columns', () => {
    const state = folded(...started('jsonplaceholder'), known('jsonplaceholder', 5), ...page('jsonplaceholder', 5));
    expect(drawn(state, 10, 40)[1]).toBe('jsonplaceholder    1/5  fetching');
  });

  it('shows the active ones where not all have room, and sums up the others', () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `source-${index}`);
    const ended = names
      .slice(0, 400)
      .map(
        (source, index) => [5, { type: 'source-ended', source, state: index < 10 ? 'failed' : 'complete' }] as const,
      );
    const lines = drawn(folded(...started(...names), ...ended), 10, 80, 12);
    expect(lines).toHaveLength(10);
    expect(lines[1]).toMatch(/^source-400 /);
    expect(lines.at(-2)).toBe('… 993 more: 10 failed, 390 done, 593 running');
    expect(lines.at(-1)).toMatch(/^total /);
  });

  it.each([1, 2, 3, 4, 5, 6])('never takes more than a terminal of %d rows has', (rows) => {
    const lines = drawn(folded(...started('a', 'b', 'c')), 10, 80, rows);
    expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 2));
    expect(lines.at(-1)).toMatch(/^total /);
  });
});
