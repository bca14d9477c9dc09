import { describe, expect, test } from 'vitest';
import type { TimeUse } from '../../../core/contracts/stages.ts';
import { adviseOn } from '../../../core/report/advice.ts';
import { timeSpent } from '../../cli/render/sample-report.ts';

const facts = { limit: { requests: 5, perMs: 1000 }, requests: 10, answers: 10, refusals: 0 };

describe('advice', () => {
  test('names the declared limit where most of the time was waiting for it', () => {
    expect(adviseOn(timeSpent({ rate_limit: 9_200, upstream: 800 }), { ...facts, requests: 50 })).toBe(
      "92 % waiting for the declared limit of 5/s: the run can't be faster unless the limit is raised",
    );
  });

  test('names the limit where the rate was at it all along, however few requests waited', () => {
    const time = timeSpent({ concurrency: 7_500, rate_limit: 2_500 });
    expect(adviseOn(time, { ...facts, requests: 51 })).toContain('it ran at the declared limit of 5/s');
    expect(adviseOn(time, { ...facts, requests: 40 })).toContain('75 % waiting for the upstream');
  });

  test('says that more was declared than the upstream allows where it refused', () => {
    const advice = adviseOn(timeSpent({ rate_limit: 9_000, upstream: 100 }), { ...facts, refusals: 7 });
    expect(advice).toContain('lowered because the upstream refused the declared limit of 5/s');
  });

  test('has no word of larger pages where the upstream never answered', () => {
    const advice = adviseOn(timeSpent({ upstream: 9_000 }), { ...facts, answers: 0 });
    expect(advice).toBe('100 % waiting for an upstream that never answered: is it up, and is its address right?');
  });

  test.each<[TimeUse, string]>([
    ['pause', 'because the upstream asked for it'],
    ['upstream', 'larger pages'],
    ['concurrency', 'concurrency'],
    ['backoff', 'before retries'],
    ['breaker', 'open breaker'],
    ['workers', 'workers.threads'],
    ['sinks', 'the sinks'],
    ['memory', 'workers.maxInFlightBytes'],
  ])('says what would help against %s', (use, remedy) => {
    const advice = adviseOn(timeSpent({ [use]: 6_000, other: 4_000 }), facts);
    expect(advice).toMatch(/^60 % /);
    expect(advice).toContain(remedy);
  });

  test('is none where nothing stands out, or nobody waited', () => {
    expect(adviseOn(timeSpent({ upstream: 3_500, rate_limit: 3_400, sinks: 3_100 }), facts)).toBeNull();
    expect(adviseOn(timeSpent({ other: 9_000, upstream: 100 }), facts)).toBeNull();
    expect(adviseOn(timeSpent({ upstream: 900 }), facts)).toBeNull();
  });
});
