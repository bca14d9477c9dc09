import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorPattern } from '../../../core/report/error-pattern.ts';

describe('errorPattern', () => {
  it.each([
    ['no response headers within 10000 ms', 'no response headers within # ms'],
    ['waited 1.5 s, 12 times, -3 °C', 'waited # s, # times, # °C'],
    ['connect ECONNREFUSED 127.0.0.1:8080', 'connect ECONNREFUSED #'],
    ['order 7f0c1b2a-9d3e-4a41-8f6e-0123456789ab is gone', 'order # is gone'],
    ['commit deadbeefcafe, decade', 'commit #, decade'],
    ['at 2026-01-02T03:04:05.000Z it failed', 'at # it failed'],
    ['GET /products/12/reviews?skip=20&sort=name&limit=5', 'GET /products/#/reviews?skip=#&sort=#&limit=#'],
    ['https://a.test/x?cursor=aGVsbG8%3D failed', 'https://a.test/x?cursor=# failed'],
    ['expected "name", found "a \\"b\\" c"', 'expected #, found #'],
    ["can't read the page 'first' of `list`", "can't read the page # of #"],
    ['the text "is cut off he…', 'the text #'],
    ['ids 1, 2, 3; 4', 'ids #'],
    ['price is missing', 'price is missing'],
    [`token ${'x'.repeat(50)}`, 'token #'],
    ['', ''],
  ])('%j → %j', (message, pattern) => {
    expect(errorPattern(message)).toBe(pattern);
  });

  it('is the same whatever numbers a message holds', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        const say = (n: number): string => `item ${n} of /products?skip=${n} has a price of ${n / 7}`;
        expect(errorPattern(say(a))).toBe(errorPattern(say(b)));
      }),
    );
  });

  it.each([
    ['quotes', '"'.repeat(1e6)],
    ['backslashes', `"${'\\'.repeat(1e6)}`],
    ['apostrophes', "a'".repeat(5e5)],
    ['digits', '1'.repeat(1e6)],
    ['separators', '1, '.repeat(3e5)],
    ['query', '?a'.repeat(5e5)],
    ['words', 'a.'.repeat(5e5)],
  ])('is quick with a long message of %s', (_what, message) => {
    const started = performance.now();
    for (let time = 0; time < 100; time++) errorPattern(message);
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        expect(errorPattern(text).length).toBeLessThanOrEqual(600);
      }),
    );
  });
});
