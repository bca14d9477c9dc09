import { describe, expect, it } from 'vitest';
import {
  etaMs,
  type ProgressState,
  requestsPerSecond,
  type SourceProgress,
} from '../../../cli/render/progress-state.ts';
import { SluiceError } from '../../../core/errors.ts';
import { folded, page, started, t0 } from './fixtures.ts';

function source(state: ProgressState, name = 'shop'): SourceProgress {
  const found = state.sources.get(name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

describe('foldProgress', () => {
  it('counts requests, retries, records and pages of each source', () => {
    const error = new SluiceError('http_404', 'gone');
    const state = folded(
      ...started('shop', 'other'),
      [1, { type: 'pages-known', source: 'shop', pages: 10 }],
      ...page('shop', 2),
      ...page('shop', 3, 14),
      [4, { type: 'retry', source: 'shop', key: 'p', attempt: 2, delayMs: 100, error: 'timeout', message: 'x' }],
      [5, { type: 'pages-failed', source: 'shop', pages: 3, error }],
    );
    expect(source(state)).toMatchObject({ pages: 10, delivered: 2, failed: 3, records: 34, requests: 2, retries: 1 });
    expect(source(state, 'other')).toMatchObject({ delivered: 0, requests: 0, phase: 'running' });
  });

  it('keeps escape sequences out of names', () => {
    expect(source(folded(...started('\u001b[2Jshop')), '\u001b[2Jshop').name).toBe('shop');
  });

  it('takes events of a source that it does not know', () => {
    expect(() => folded(...page('stranger', 1))).not.toThrow();
  });
});

describe('etaMs', () => {
  const known = [1, { type: 'pages-known', source: 'shop', pages: 25 }] as const;

  it('is unknown until the number of pages and the pace are known', () => {
    expect(etaMs(source(folded(...started('shop'))), t0 + 10)).toBeUndefined();
    expect(etaMs(source(folded(...started('shop'), ...page('shop', 5))), t0 + 10)).toBeUndefined();
    expect(etaMs(source(folded(...started('shop'), known)), t0 + 10)).toBeUndefined();
  });

  it('is what remains at the pace of late', () => {
    const pages = [0, 500, 1_000, 1_500].flatMap((ms) => page('shop', ms));
    expect(etaMs(source(folded(...started('shop'), known, ...pages)), t0 + 2_000)).toBe((21 / 2) * 1_000);
  });

  it('never promises more than the rate limit allows', () => {
    const burst = Array.from({ length: 15 }, () => page('shop', 1)).flat();
    expect(etaMs(source(folded(...started('shop'), known, ...burst)), t0 + 100)).toBe(2_000);
  });

  it('waits for the end of a pause first', () => {
    const state = folded(...started('shop'), known, ...page('shop', 0), [
      0,
      { type: 'limiter-paused', source: 'shop', ms: 5_000, reason: '429' },
    ]);
    expect(etaMs(source(state), t0 + 1_000)).toBe(4_000 + 24_000);
  });

  it('is 0 for a source that has ended', () => {
    const state = folded(...started('shop'), [9, { type: 'source-ended', source: 'shop', state: 'failed' }]);
    expect(etaMs(source(state), t0 + 10)).toBe(0);
  });
});

describe('requestsPerSecond', () => {
  it('is the average once a source has ended', () => {
    const pages = [0, 1_000, 2_000, 3_000].flatMap((ms) => page('shop', ms));
    const ended = [4_000, { type: 'source-ended', source: 'shop', state: 'complete' }] as const;
    expect(requestsPerSecond(source(folded(...started('shop'), ...pages, ended)), t0 + 60_000)).toBe(1);
  });
});
