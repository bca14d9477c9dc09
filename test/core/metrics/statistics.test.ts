import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricsPartial } from '../../../core/contracts/metrics.ts';
import type { ValueStatistics } from '../../../core/contracts/report.ts';
import { measure } from '../../support/measured.ts';
import { summarise } from '../../../core/metrics/statistics.ts';

const metrics = { value: 'price', group: 'category' };

function statisticsOf(prices: readonly number[]): ValueStatistics {
  const partial: MetricsPartial = new Map();
  for (const price of prices) measure(partial, { price, category: 'a' }, metrics);
  return summarise(new Map([['shop', partial]])).overall.price;
}

const money = fc.integer({ min: -1e9, max: 1e9 }).map((cents) => cents / 100);

describe('summarise', () => {
  it('describes prices by hand-checked numbers', () => {
    expect(statisticsOf([2, 4, 4, 4, 5, 5, 7, 9])).toMatchObject({ count: 8, min: 2, max: 9, mean: 5, stddev: 2 });
  });

  it('gives null for everything where nothing has a price', () => {
    const partial: MetricsPartial = new Map();
    measure(partial, { price: null, category: 'a' }, metrics);
    const { overall } = summarise(new Map([['shop', partial]]));
    expect(overall).toEqual({
      records: 1,
      price: {
        count: 0,
        min: null,
        max: null,
        mean: null,
        stddev: null,
        p25: null,
        median: null,
        p75: null,
        p95: null,
        histogram: [],
      },
    });
  });

  it('describes a run without sources', () => {
    expect(summarise(new Map())).toMatchObject({ overall: { records: 0 }, by_source: {}, category_distribution: {} });
  });

  it('computes quantiles within 1 % of the value at that rank', () => {
    fc.assert(
      fc.property(fc.array(money, { minLength: 1, maxLength: 200 }), (prices) => {
        const sorted = prices.toSorted((a, b) => a - b);
        const { p25, median, p75, p95 } = statisticsOf(prices);
        for (const [share, found] of [
          [0.25, p25],
          [0.5, median],
          [0.75, p75],
          [0.95, p95],
        ] as const) {
          const exact = sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
          expect(Math.abs((found ?? NaN) - exact)).toBeLessThanOrEqual(Math.abs(exact) * 0.01 + 1e-9);
        }
      }),
    );
  });

  it('computes mean and deviation from exact sums', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 100 }), (cents) => {
        const { mean, stddev } = statisticsOf(cents.map((value) => value / 100));
        const count = BigInt(cents.length);
        const sum = cents.reduce((all, value) => all + BigInt(value), 0n);
        const squares = cents.reduce((all, value) => all + BigInt(value) ** 2n, 0n);
        expect(mean).toBeCloseTo(Number(sum) / cents.length / 100, 6);
        expect(stddev).toBeCloseTo(Math.sqrt(Number(count * squares - sum * sum)) / cents.length / 100, 6);
      }),
    );
  });

  it('has no deviation where large prices are all the same', () => {
    expect(statisticsOf([123_456_789_012.34, 123_456_789_012.34, 123_456_789_012.34]).stddev).toBe(0);
  });

  it('counts each price in the bucket that holds it, edges from below', () => {
    const { histogram } = statisticsOf([0, 0.3, 1, 1.99, 2, 5, -1, -0.5, 999]);
    expect(histogram).toEqual([
      { from: -1, to: -0.5, count: 1 },
      { from: -0.5, to: -0.2, count: 1 },
      { from: 0, to: 1e-6, count: 1 },
      { from: 0.2, to: 0.5, count: 1 },
      { from: 1, to: 2, count: 2 },
      { from: 2, to: 5, count: 1 },
      { from: 5, to: 10, count: 1 },
      { from: 500, to: 1000, count: 1 },
    ]);
  });

  it('counts every measurable price in one bucket that holds it', () => {
    const any = fc.double({ min: -1e15, max: 1e15, minExcluded: true, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(any, (value) => {
        const [bucket, ...others] = statisticsOf([value]).histogram;
        expect(others).toEqual([]);
        expect(bucket?.from).toBeLessThanOrEqual(value);
        expect(bucket?.to).toBeGreaterThan(value);
      }),
    );
  });

  it('adds up the categories of all sources, the largest first, and names those without one', () => {
    const [shop, blog]: [MetricsPartial, MetricsPartial] = [new Map(), new Map()];
    for (const name of ['toys', 'toys', 'books']) measure(shop, { price: 1, category: name }, metrics);
    for (const name of ['books', 'books', null]) measure(blog, { price: null, category: name }, metrics);
    const summary = summarise(
      new Map([
        ['shop', shop],
        ['blog', blog],
      ]),
    );
    expect(Object.entries(summary.category_distribution)).toEqual([
      ['books', 3],
      ['toys', 2],
      ['(none)', 1],
    ]);
    expect(summary.by_source['blog']).toMatchObject({ records: 3, price: { count: 0 } });
    expect(summary.by_source['shop']?.categories['toys']).toMatchObject({ records: 2, price: { count: 2, mean: 1 } });
    expect(summary.overall).toMatchObject({ records: 6, price: { count: 3 } });
  });

  it('prints a category called __proto__ like any other', () => {
    const partial: MetricsPartial = new Map();
    measure(partial, { price: 1, category: '__proto__' }, metrics);
    const printed = JSON.stringify(summarise(new Map([['shop', partial]])));
    expect(printed).toContain('"category_distribution":{"__proto__":1}');
    expect(printed).toContain('"categories":{"__proto__":{"records":1');
  });
});
