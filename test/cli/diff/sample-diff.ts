import type { RunDiff } from '../../../core/index.ts';

const same = <Value>(value: Value) => ({ before: value, after: value });

/** Two runs of which the later one has more of everything; names by somebody who means ill. */
export function sampleDiff(evil = ''): RunDiff {
  const shop = {
    source: 'dummyjson',
    state: same('complete' as const),
    records: { before: 194, after: 200 },
    rejected: same(0),
    errors: { before: 0, after: 12 },
    pages_failed: same(0),
    requests: { before: 12, after: 15 },
    retries: same(2),
    latency_ms: { p50: { before: 12, after: 40 }, p95: { before: 40, after: 900 } },
    total_ms: same(3000),
  };
  return {
    runs: {
      before: { run_id: '20260101T000000000-a', started_at: '2026-01-01T00:00:00.000Z', partial: false },
      after: { run_id: '20260102T000000000-b', started_at: '2026-01-02T00:00:00.000Z', partial: true },
    },
    records: { before: 294, after: 300 },
    seconds: { before: 3, after: 3.5 },
    sources: [
      shop,
      {
        ...shop,
        source: `feed${evil}`,
        state: { before: null, after: 'partial' },
        records: { before: null, after: 9 },
      },
    ],
    errors: [
      { endpoint: 'dummyjson', error: 'timeout', count: { before: 0, after: 12 } },
      { endpoint: 'dummyjson', error: 'invalid_record', reason: 'invalid_price', count: { before: 3, after: 1 } },
      { endpoint: 'dummyjson', error: 'http_404', count: same(1) },
    ],
    records_diff: {
      sources: [
        {
          source: 'dummyjson',
          records: { before: 194, after: 200 },
          new: 12,
          removed: 6,
          changed: 3,
          unchanged: 185,
          whole: { before: true, after: false },
        },
      ],
      fields: [
        {
          source: 'dummyjson',
          field: `price${evil}`,
          records: 3,
          examples: [{ id: 'dummyjson:1', before: '19.99', after: '24.49' }],
        },
        {
          source: 'dummyjson',
          field: 'brand',
          records: 1,
          examples: [{ id: 'dummyjson:2', before: null, after: '"A"' }],
        },
      ],
      fields_omitted: 2,
      drift: [
        { source: 'dummyjson', field: 'brand', kind: 'appeared', types: { before: [], after: ['string'] } },
        {
          source: 'dummyjson',
          field: 'size',
          kind: 'type',
          types: { before: ['number'], after: ['number', 'string'] },
        },
        { source: 'dummyjson', field: 'old', kind: 'disappeared', types: { before: ['object'], after: [] } },
      ],
      ids: { new: [`dummyjson:195${evil}`, 'dummyjson:196'], removed: ['dummyjson:7'] },
    },
    records_missing: null,
  };
}
