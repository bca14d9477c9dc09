import { describe, expect, it } from 'vitest';
import type { MetricsPartial } from '../../../core/contracts/metrics.ts';
import { measure } from '../../support/measured.ts';

const metrics = { value: 'price', group: 'category' };

function measured(...records: readonly Readonly<Record<string, unknown>>[]): MetricsPartial {
  const partial: MetricsPartial = new Map();
  for (const record of records) measure(partial, record, metrics);
  return partial;
}

describe('measure', () => {
  it('counts a record without a price, and measures only those that have one', () => {
    const group = measured({ price: null, category: 'a' }, { category: 'a' }, { price: 2.5, category: 'a' }).get('a');
    expect(group).toMatchObject({
      count: 3,
      valued: 1,
      min: 2.5,
      max: 2.5,
      sum: 2_500_000n,
      sumOfSquares: 2_500_000n ** 2n,
    });
  });

  it.each([NaN, Infinity, -Infinity, 1e15, -1e15, '5', {}])('counts but does not measure %s', (price) => {
    expect(measured({ price, category: 'a' }).get('a')).toMatchObject({ count: 1, valued: 0, sum: 0n });
  });

  it('puts records without a category into the group of the empty name', () => {
    expect([...measured({ category: null }, {}, { category: 7 }).keys()]).toEqual(['']);
  });

  it('only counts where the model names nothing to measure', () => {
    const partial: MetricsPartial = new Map();
    measure(partial, { price: 5, category: 'a' }, undefined);
    expect(partial.get('')).toMatchObject({ count: 1, valued: 0 });
  });

  it('keeps the sum exact where doubles would lose pennies', () => {
    const partial: MetricsPartial = new Map();
    for (let index = 0; index < 100_000; index++) measure(partial, { price: 0.1 }, metrics);
    measure(partial, { price: 900_000_000_000_000 }, metrics);
    expect(partial.get('')?.sum).toBe(100_000n * 100_000n + 900_000_000_000_000_000_000n);
  });

  it('counts what rounds to zero as zero, on both sides', () => {
    const group = measured({ price: 1e-7 }, { price: -1e-7 }, { price: 0 }).get('');
    expect(group).toMatchObject({ zeros: 3, min: -1e-7, max: 1e-7 });
    expect(group).toMatchObject({ bins: [], negativeBins: [] });
  });

  it('cuts the name of a group that goes on and on', () => {
    const [name = ''] = measured({ category: 'x'.repeat(1e6) }).keys();
    expect(name).toHaveLength(200);
  });

  it('takes __proto__ and constructor for the names they are', () => {
    const partial = measured({ category: '__proto__', price: 1 }, { category: 'constructor', price: 2 });
    expect([...partial.keys()]).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['count']).toBeUndefined();
  });
});
