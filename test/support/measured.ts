import type { MetricsPartial } from '../../core/contracts/metrics.ts';
import type { Model } from '../../core/contracts/model.ts';
import { addPageMetrics, createPageMetrics } from '../../core/metrics/page-metrics.ts';

/** Measures one record and adds it up, as a page of its own. */
export function measure(
  into: MetricsPartial,
  record: Readonly<Record<string, unknown>>,
  metrics: Model['metrics'],
): void {
  const page = createPageMetrics(metrics);
  page.add(record);
  addPageMetrics(into, page.build());
}
