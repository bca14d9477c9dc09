import { describe, expect, it } from 'vitest';
import type { MetricsPartial } from '../../../core/contracts/metrics.ts';
import { addPageMetrics, createPageMetrics } from '../../../core/metrics/page-metrics.ts';

const metrics = { value: 'price', group: 'category' };

function pageOf(...records: readonly Readonly<Record<string, unknown>>[]) {
  const page = createPageMetrics(metrics);
  for (const record of records) page.add(record);
  return page.build();
}

describe('the metrics of a page', () => {
  it('name each group once, and hold a value or none for each record', () => {
    expect(pageOf({ price: 1, category: 'a' }, { price: 'x', category: 'b' }, { price: -0, category: 'a' })).toEqual({
      groups: ['a', 'b'],
      groupOf: Uint32Array.of(0, 1, 0),
      values: Float64Array.of(1, Number.NaN, 0),
    });
  });

  it('add up to the same, on one page or on several', () => {
    const records = [
      { price: 2.5, category: 'a' },
      { price: null, category: 'a' },
      { price: 4, category: 'b' },
    ];
    const together: MetricsPartial = new Map();
    addPageMetrics(together, pageOf(...records));
    const apart: MetricsPartial = new Map();
    for (const record of records.toReversed()) addPageMetrics(apart, pageOf(record));
    expect(apart).toEqual(together);
    expect(together.get('a')).toMatchObject({ count: 2, valued: 1, sum: 2_500_000n });
  });
});
