import { expect, test } from 'vitest';
import { leastTimeMs, limitText } from '../../../core/http/least-time.ts';

const limit = { requests: 5, perMs: 1000 };

test.each([
  [0, 0],
  [1, 0],
  [5, 0],
  [6, 1020],
  [10, 1020],
  [11, 2040],
])('%d requests at 5/s take at least %d ms', (requests, ms) => {
  expect(leastTimeMs(requests, limit, 20)).toBe(ms);
});

test.each([
  [{ requests: 5, perMs: 1000 }, '5/s'],
  [{ requests: 100, perMs: 60_000 }, '100/min'],
  [{ requests: 1, perMs: 2500 }, '1 per 2.5 s'],
])('%j is read as %s', (one, text) => {
  expect(limitText(one)).toBe(text);
});
