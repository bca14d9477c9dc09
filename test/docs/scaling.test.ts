import { expect, test } from 'vitest';
import * as promClient from 'prom-client';
import { createRunMetrics } from '../../cli/metrics/run-metrics.ts';
import { firstColumn, read, section } from './markdown.ts';

test('docs/scaling.md lists every metric, and no other', () => {
  const { registry } = createRunMetrics(promClient);
  const names = registry
    .getMetricsAsArray()
    .map(({ name }) => name)
    .filter((name) => name.startsWith('sluice_'));
  expect(names.length).toBeGreaterThan(10);
  expect(firstColumn(section(read('docs/scaling.md'), '## Metrics')).toSorted()).toEqual(names.toSorted());
});
