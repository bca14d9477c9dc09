import { describe, expect, it } from 'vitest';
import { createTimeline } from '../../../core/report/timeline.ts';
import { attempt, eventTime, runStarted } from '../../support/run-events.ts';

const at = (ms: number) => ({ at: eventTime + ms });

describe('createTimeline', () => {
  it('notes when a request went out, how long it waited for the limit, and how it ended', () => {
    const timeline = createTimeline((text) => text);
    timeline.on(runStarted(['a']));
    timeline.on({ ...at(150), type: 'limiter-wait', source: 'a', key: 'k', ms: 149.6 });
    timeline.on(attempt('a', { ...at(200), key: 'k', ms: 50, status: 503 }));
    timeline.on(attempt('a', { ...at(400), key: 'k', ms: 20, attempt: 2 }));
    expect(timeline.build()).toEqual({
      begins_at: '2026-01-02T03:04:05.000Z',
      total_ms: 400,
      sources: {
        a: {
          total: 2,
          every: 1,
          requests: [
            { start_ms: 150, limiter_wait_ms: 150, duration_ms: 50, attempt: 1, status: 503, path: '/products?skip=0' },
            { start_ms: 380, limiter_wait_ms: 0, duration_ms: 20, attempt: 2, status: 200, path: '/products?skip=0' },
          ],
          breaker: [],
          pauses: [],
        },
      },
    });
  });

  it('keeps states of the breaker and pauses, the first hundred', () => {
    const timeline = createTimeline((text) => text);
    timeline.on(runStarted(['a']));
    for (let index = 0; index < 150; index++) {
      timeline.on({ ...at(index), type: 'breaker', source: 'a', from: 'closed', to: 'open', reason: 'failures' });
      timeline.on({ ...at(index), type: 'limiter-paused', source: 'a', ms: 900.4, reason: '429' });
    }
    const { a } = timeline.build().sources;
    expect(a?.breaker).toHaveLength(100);
    expect(a?.breaker[1]).toEqual({ at_ms: 1, to: 'open' });
    expect(a?.pauses).toHaveLength(100);
    expect(a?.pauses[0]).toEqual({ at_ms: 0, ms: 900 });
  });

  it('lists every second, fourth, … request of many, over the whole run', () => {
    const timeline = createTimeline((text) => text);
    timeline.on(runStarted(['a']));
    for (let index = 0; index < 10_000; index++) timeline.on(attempt('a', { ...at(index), ms: 0 }));
    const { a } = timeline.build().sources;
    expect(a).toMatchObject({ total: 10_000, every: 64 });
    expect(a?.requests.length).toBeLessThanOrEqual(200);
    expect(a?.requests.map(({ start_ms }) => start_ms)).toEqual(
      Array.from({ length: Math.ceil(10_000 / 64) }, (_, index) => index * 64),
    );
  });

  it('lists fewer requests of each of many sources', () => {
    const timeline = createTimeline((text) => text);
    const names = Array.from({ length: 400 }, (_, index) => `s${index}`);
    timeline.on(runStarted(names));
    for (let index = 0; index < 100; index++) for (const name of names) timeline.on(attempt(name, at(index)));
    const lists = Object.values(timeline.build().sources).map(({ requests }) => requests.length);
    expect(Math.max(...lists)).toBeLessThanOrEqual(20);
  });

  it('takes secrets out of a path before it cuts it', () => {
    const timeline = createTimeline((text) => text.replaceAll('hush', '***'));
    timeline.on(runStarted(['a']));
    timeline.on(attempt('a', { url: `https://a.test/${'x'.repeat(197)}hush` }));
    expect(timeline.build().sources['a']?.requests[0]?.path).toBe(`/${'x'.repeat(197)}**`);
  });
});
