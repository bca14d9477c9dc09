import { LogCollapsingLowestDenseDDSketch } from '@datadog/sketches-js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createQuantiles } from '../../../core/report/quantiles.ts';

const ranks = [0, 0.5, 0.95, 0.99, 1];

describe('createQuantiles', () => {
  it('has no value where nothing was added', () => {
    expect(createQuantiles().at(0.5)).toBeNull();
  });

  it('gives what a sketch of the durations themselves gives', () => {
    const duration = fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 1e8, noNaN: true }));
    fc.assert(
      fc.property(fc.array(fc.tuple(duration, fc.integer({ min: 1, max: 9 })), { minLength: 1 }), (durations) => {
        const quantiles = createQuantiles();
        const sketch = new LogCollapsingLowestDenseDDSketch({ relativeAccuracy: 0.01 });
        for (const [ms, count] of durations) {
          quantiles.add(ms, count);
          sketch.accept(ms, count);
        }
        for (const rank of ranks) expect(quantiles.at(rank)).toBeCloseTo(sketch.getValueAtQuantile(rank), 3);
      }),
    );
  });

  it('takes as nothing what is shorter than any clock could tell, and below', () => {
    const quantiles = createQuantiles();
    for (const ms of [-1, 0, 1e-300, 1e-7]) quantiles.add(ms);
    expect(ranks.map((rank) => quantiles.at(rank))).toEqual([0, 0, 0, 0, 0]);
  });
});
