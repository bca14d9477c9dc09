import { describe, expect, it } from 'vitest';
import type { Arrival } from '../../../cli/chaos/closest-window.ts';
import { judgeLimits } from '../../../cli/chaos/verdict.ts';
import { resolvedSource } from '../../support/resolved-source.ts';

const at = (...times: number[]): Arrival[] => times.map((time) => ({ earliest: time, latest: time }));
const source = (name: string, limitGroup?: string) =>
  resolvedSource('https://api.test', {
    name,
    limitGroup,
    rateLimit: [
      { requests: 2, perMs: 100 },
      { requests: 3, perMs: 1000 },
    ],
  });

describe('judgeLimits', () => {
  it('judges every window of a limit', () => {
    const verdicts = judgeLimits({ sources: [source('a')] }, new Map([['a', at(0, 50, 150, 900)]]));
    expect(verdicts).toMatchObject([
      { source: 'a', requests: 2, per_ms: 100, closest_ms: 150, held: true },
      { source: 'a', requests: 3, per_ms: 1000, closest_ms: 900, held: false },
    ]);
  });

  it('judges sources that share a limit together', () => {
    const arrivals = new Map([
      ['a', at(0, 500)],
      ['b', at(10, 20)],
    ]);
    const alone = judgeLimits({ sources: [source('a'), source('b')] }, arrivals);
    expect(alone.every(({ held }) => held)).toBe(true);
    expect(judgeLimits({ sources: [source('a', 'api'), source('b', 'api')] }, arrivals)).toMatchObject([
      { source: 'a, b', requests: 2, arrivals: 4, closest_ms: 20, held: false },
      { source: 'a, b', requests: 3, arrivals: 4, closest_ms: 500, held: false },
    ]);
  });
});
