import type { RunReport, ValueStatistics } from '../../../core/contracts/report.ts';
import type { RunRecord, TimelineRequest } from '../../../core/contracts/run-record.ts';
import { sampleReport } from './sample-report.ts';

function priceOf(count: number, scale: number): ValueStatistics {
  const histogram = [1, 2, 5, 10, 20].map((from, index, all) => ({
    from: from * scale,
    to: (all[index + 1] ?? 50) * scale,
    count: Math.round(count / 5),
  }));
  const quartiles = { p25: 4 * scale, median: 8 * scale, p75: 16 * scale };
  const common = { min: scale, ...quartiles, mean: 11 * scale, p95: 40 * scale, max: 49 * scale };
  return { count, ...common, stddev: 5 * scale, histogram };
}

/** A request in ten fails and is tried again. */
const requests = Array.from({ length: 40 }, (_, index): TimelineRequest => ({
  start_ms: index * 200,
  limiter_wait_ms: index === 0 ? 0 : 180,
  duration_ms: 40 + (index % 7) * 20,
  attempt: index % 10 === 5 ? 2 : 1,
  ...(index % 10 === 4 ? { error: 'timeout' as const } : { status: 200 }),
  path: `/products?skip=${index * 20}`,
}));

/** A run of two sources with a name, a message and a record of somebody who means ill. */
export function sampleRecord(evil = ''): RunRecord {
  const report: RunReport = sampleReport();
  const categories = {
    [`fragrances${evil}`]: { records: 104, price: priceOf(104, 10) },
    laptops: { records: 90, price: priceOf(90, 100) },
  };
  return {
    version: 1,
    report: {
      ...report,
      errors: report.errors.map((entry) => ({ ...entry, message: `${entry.message}${evil}` })),
      metrics: {
        overall: { records: 374, price: priceOf(374, 10) },
        by_source: {
          dummyjson: { records: 194, price: priceOf(194, 10), categories },
          escuelajs: { records: 180, price: priceOf(180, 1), categories: {} },
        },
        category_distribution: { [`fragrances${evil}`]: 104, laptops: 90, '(none)': 180 },
      },
    },
    timeline: {
      begins_at: '2026-01-01T00:00:00.000Z',
      total_ms: 8_200,
      sources: {
        dummyjson: { total: 40, every: 1, requests, breaker: [], pauses: [{ at_ms: 3_000, ms: 900 }] },
        escuelajs: {
          total: 80,
          every: 2,
          requests: requests.map((request) => ({ ...request, path: `${request.path}${evil}` })),
          breaker: [
            { at_ms: 5_000, to: 'open' },
            { at_ms: 6_000, to: 'half-open' },
            { at_ms: 6_200, to: 'closed' },
          ],
          pauses: [],
        },
      },
    },
    samples: { dummyjson: [JSON.stringify({ id: 'dummyjson:1', title: `Perfume${evil}`, price: 12.5 })] },
  };
}
