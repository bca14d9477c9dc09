import type { RunReport, SourceMonitoring, SourceTime } from '../../../core/contracts/report.ts';
import { noValues } from '../../../core/metrics/no-values.ts';

/** A time of which the parts that are given were spent, in milliseconds. */
export function timeSpent(spent: Partial<SourceTime['spent_ms']>): SourceTime {
  const none = { rate_limit: 0, pause: 0, upstream: 0, concurrency: 0, backoff: 0, breaker: 0, workers: 0, sinks: 0 };
  const spent_ms = { ...none, memory: 0, other: 0, ...spent };
  return { total_ms: Object.values(spent_ms).reduce((sum, ms) => sum + ms, 0), spent_ms };
}

export function sampleSource(change: Partial<SourceMonitoring> = {}): SourceMonitoring {
  return {
    state: 'complete',
    pages: { delivered: 10, failed: 0, ignored: 0, unchanged: 0 },
    records: 194,
    requests: 12,
    retries: 2,
    status_counts: { 200: 10, 503: 2 },
    bytes: 123_456,
    latency_ms: { p50: 12.3, p95: 40.21, p99: 80 },
    processing_ms: { total: 30, p50: 1, p95: 3 },
    success_rate: 1,
    failure_rate: 0,
    limiter_wait_ms: 1_800.4,
    time: timeSpent({ rate_limit: 2_760, upstream: 210, sinks: 30 }),
    advice: "92 % waiting for the declared limit of 5/s: the run can't be faster unless the limit is raised",
    breaker_transitions: [],
    items: { read: 194, rejected: 0, duplicates: 0, dropped: 0, split: 0, drop_reasons: {} },
    ...change,
  };
}

/** The report of a partial run of two sources into one sink. */
export function sampleReport(): RunReport {
  const price = {
    count: 194,
    min: 0.8,
    max: 36_999,
    mean: 450.2,
    stddev: 2_345.6,
    p25: 40,
    median: 120.5,
    p75: 480,
    p95: 2_000,
    histogram: [],
  };
  const timestamp = '2026-01-01T00:00:00.000Z';
  const timeout = {
    endpoint: 'escuelajs',
    error: 'timeout_after_retries' as const,
    timestamp,
    message: 'no response headers within 10000 ms',
    attempts: 4,
    count: 2,
    pages: 2,
    pattern: 'no response headers within # ms',
    last: { timestamp, message: 'no response headers within 9000 ms' },
  };
  return {
    summary: {
      run_id: 'r',
      started_at: timestamp,
      total_products: 374,
      processing_time_seconds: 3.2149,
      success_rate: 0.95,
      sources: ['dummyjson', 'escuelajs'],
      partial: true,
    },
    errors: [
      {
        endpoint: 'escuelajs',
        error: 'invalid_record',
        timestamp,
        message: 'item 3 of page GET /products?offset=20 rejected, invalid_price: not a number',
        attempts: 1,
        records: 4,
        count: 4,
        reason: 'invalid_price',
        field: 'price',
        pattern: 'not a number',
        last: {
          timestamp,
          message: 'item 3 of page GET /products?offset=20 rejected, invalid_price: not a number',
        },
      },
      timeout,
      { endpoint: 'dummyjson', error: 'http_404', timestamp, message: 'Not found', attempts: 1, count: 1, pages: 3 },
    ],
    metrics: {
      overall: { records: 374, price },
      by_source: {
        dummyjson: { records: 194, price, categories: {} },
        escuelajs: { records: 180, price: noValues, categories: {} },
      },
      category_distribution: { laptops: 90, '': 180, fragrances: 104 },
    },
    monitoring: {
      sources: {
        dummyjson: sampleSource(),
        escuelajs: sampleSource({
          state: 'partial',
          pages: { delivered: 9, failed: 1, ignored: 0, unchanged: 0 },
          records: 180,
          success_rate: 0.9,
        }),
      },
      sinks: {
        'json-file': {
          state: 'complete',
          batches: 19,
          bytes: 1,
          write_ms: 1,
          commits: 1,
          reconciliation: {
            read: 380,
            split: 0,
            written: 374,
            rejected: 4,
            duplicates: 2,
            dropped: 0,
            filtered: 0,
            unwritten: 0,
          },
        },
      },
      lives: 1,
      dead_letters: { file: null, kept: 0, omitted: 0 },
      errors_omitted: 7,
    },
  };
}
