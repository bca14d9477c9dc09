import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  longestPauseMs,
  parseRateLimitHeaders,
  parseRequestedPause,
  parseRetryAfter,
  upstreamTime,
} from '../../../core/http/rate-limit-headers.ts';

const now = Date.UTC(2026, 10, 23, 12, 0, 0, 400);
const inSeconds = (seconds: number): number => Math.floor(now / 1000) + seconds;

describe('the rate-limit headers', () => {
  test.each([
    ['seconds', '30', 30_000],
    ['seconds and a half', '1.5', 1_500],
    ['epoch seconds', String(inSeconds(7)), 6_600],
    ['epoch milliseconds', String(now + 1_234), 1_234],
    ['an HTTP date', 'Mon, 23 Nov 2026 12:00:10 GMT', 9_600],
    ['an HTTP date of the old form', 'Monday, 23-Nov-26 12:00:10 GMT', 9_600],
  ])('a reset in %s is the time from now', (_, reset, resetMs) => {
    for (const prefix of ['x-ratelimit', 'ratelimit']) {
      const headers = { [`${prefix}-limit`]: '100', [`${prefix}-remaining`]: '3', [`${prefix}-reset`]: reset };
      expect(parseRateLimitHeaders(headers, now)).toEqual({ limit: 100, remaining: 3, resetMs });
    }
  });

  test.each(['0', '-5', 'soon', '', '1e3', String(inSeconds(-1)), String(now), 'Mon, 23 Nov 2026 11:59:59 GMT', 'Mon'])(
    'a reset of %j is none',
    (reset) => {
      expect(parseRateLimitHeaders({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }, now)).toEqual({
        remaining: 0,
      });
    },
  );

  test('a policy behind the number, and a header that came twice, leave the first number', () => {
    const headers = { 'ratelimit-limit': '100, 100;w=60', 'ratelimit-remaining': '5, 5' };
    expect(parseRateLimitHeaders(headers, now)).toEqual({ limit: 100, remaining: 5 });
  });

  test.each([
    ['"default";r=50;t=30', '"default";q=100;w=60', { remaining: 50, limit: 100, resetMs: 30_000 }],
    [
      '"100-in-15min"; r=99; t=900',
      '"100-in-15min"; q=100; w=900; pk=:NGE=:',
      { remaining: 99, limit: 100, resetMs: 900_000 },
    ],
    ['"burst";r=4;t=1, "day";r=9000;t=40000', '"burst";q=5;w=1', { remaining: 4, limit: 5, resetMs: 1_000 }],
    ['"burst";r=0;t=1,"day";r=0;t=40', undefined, { remaining: 0, resetMs: 40_000 }],
    ['"odd, \\"name; r=7";r=2', undefined, { remaining: 2 }],
    ['default;r=0;t=0', undefined, { remaining: 0 }],
    ['limit=100, remaining=0, reset=12', undefined, { remaining: 0, limit: 100, resetMs: 12_000 }],
    ['', undefined, {}],
    [';;,"', undefined, {}],
  ])('the structured field %j', (field, policy, expected) => {
    const headers = { ratelimit: field, ...(policy === undefined ? {} : { 'ratelimit-policy': policy }) };
    expect(parseRateLimitHeaders(headers, now)).toEqual(expected);
  });

  test('the newer form wins', () => {
    const headers = {
      ratelimit: '"a";r=1;t=1',
      'ratelimit-remaining': '2',
      'ratelimit-limit': '20',
      'x-ratelimit-remaining': '3',
      'x-ratelimit-limit': '30',
      'x-ratelimit-reset': '3',
    };
    expect(parseRateLimitHeaders(headers, now)).toEqual({ remaining: 1, limit: 20, resetMs: 1_000 });
  });

  test('nothing said is nothing known', () => {
    expect(parseRateLimitHeaders({ 'content-type': 'application/json' }, now)).toEqual({});
  });
});

describe('Retry-After', () => {
  test.each([
    ['2', 2_000],
    [' 0.5 ', 500],
    ['Mon, 23 Nov 2026 12:00:10 GMT', 9_600],
    ['Monday, 23-Nov-26 12:00:10 GMT', 9_600],
    ['Mon Nov 23 12:00:10 2026', 9_600],
    ['86400', longestPauseMs],
    ['9'.repeat(400), longestPauseMs],
    ['Fri, 01 Jan 2100 00:00:00 GMT', longestPauseMs],
  ])('%j is a wait', (value, ms) => {
    expect(parseRetryAfter(value, now)).toBe(ms);
  });

  test.each([
    undefined,
    '',
    '0',
    '-1',
    'soon',
    '1e9',
    '0x10',
    'NaN',
    '2026-11-23',
    'Mon, nonsense',
    'Mon, 23 Nov 2026 11:59:59 GMT',
  ])('%j is none', (value) => {
    expect(parseRetryAfter(value, now)).toBeUndefined();
  });
});

describe('the requested pause', () => {
  const retryAfter = { 'retry-after': '10' };

  test('is the exact reset rather than a whole window of Retry-After', () => {
    const reset = {
      'x-ratelimit-limit': '100',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(inSeconds(3)),
    };
    expect(parseRequestedPause({ ...retryAfter, ...reset }, now)).toBe(2_600);
  });

  test('is Retry-After where requests are left: another limit was hit', () => {
    const reset = { 'x-ratelimit-remaining': '4000', 'x-ratelimit-reset': String(inSeconds(3)) };
    expect(parseRequestedPause({ ...retryAfter, ...reset }, now)).toBe(10_000);
  });

  test('is Retry-After where the reset is absurd or past', () => {
    for (const reset of [inSeconds(86_400), inSeconds(-3)]) {
      expect(parseRequestedPause({ ...retryAfter, 'x-ratelimit-reset': String(reset) }, now)).toBe(10_000);
    }
  });

  test('is the capped reset where nothing else is said, and nothing where nothing is', () => {
    expect(parseRequestedPause({ 'ratelimit-reset': '86400' }, now)).toBe(longestPauseMs);
    expect(parseRequestedPause({}, now)).toBeUndefined();
    expect(parseRequestedPause({ 'retry-after': '-4', 'x-ratelimit-reset': 'x' }, now)).toBeUndefined();
  });
});

describe('the time of the upstream', () => {
  const dateOf = (ms: number): { date: string } => ({ date: new Date(ms).toUTCString() });

  test('is its own where the clocks disagree, else ours, which is finer', () => {
    expect(upstreamTime(dateOf(now - 600_000), now)).toBe(Math.floor((now - 600_000) / 1000) * 1000);
    expect(upstreamTime(dateOf(now - 900), now)).toBe(now);
    expect(upstreamTime({}, now)).toBe(now);
    expect(upstreamTime({ date: 'yesterday' }, now)).toBe(now);
  });
});

test('whatever the headers say, a pause is above 0 and below the cap, and nothing is negative or no number', () => {
  const value = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.integer().map(String),
    fc.bigInt().map(String),
    fc.constantFrom('"a";r=0;t=5', 'remaining=0', '"'.repeat(30), '\\"'.repeat(30), 'Mon, 1'),
  );
  const names = ['ratelimit', 'ratelimit-policy', 'retry-after', 'date'];
  const fields = ['limit', 'remaining', 'reset'].flatMap((name) => [`ratelimit-${name}`, `x-ratelimit-${name}`]);
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names, ...fields), value), (headers) => {
      const ms = parseRequestedPause(headers, upstreamTime(headers, now)) ?? 1;
      expect(ms).toBeGreaterThan(0);
      expect(ms).toBeLessThanOrEqual(longestPauseMs);
      for (const number of Object.values(parseRateLimitHeaders(headers, now))) expect(number).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 500 },
  );
});
