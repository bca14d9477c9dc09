import { describe, expect, it } from 'vitest';
import type { TimedEvent } from '../../../core/contracts/events.ts';
import { SluiceError } from '../../../core/errors.ts';
import { createReportBuilder } from '../../../core/report/report-builder.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { timeSpent } from '../../cli/render/sample-report.ts';
import { attempt, eventTime, pageDelivered, reject, runStarted } from '../../support/run-events.ts';

const at = eventTime;
const dead = new SluiceError('network_error', 'ECONNREFUSED', { attempts: 4 });

function reportFrom(...events: readonly TimedEvent[]) {
  const builder = createReportBuilder({ clock: fakeClock(), clean: (text) => text });
  for (const event of events) builder.on(event);
  return builder.build();
}

const ended = (source: string, state: 'complete' | 'partial' | 'failed' = 'complete'): TimedEvent => ({
  at,
  type: 'source-ended',
  source,
  state,
});

describe('createReportBuilder', () => {
  it('sums up a run that went well', async () => {
    const clock = fakeClock();
    const builder = createReportBuilder({ clock, clean: (text) => text });
    builder.on(runStarted(['b', 'a'], ['file']));
    await clock.advance(1234.5678);
    builder.on(pageDelivered('a'));
    builder.on(pageDelivered('b', { items: 10, records: 10 }));
    builder.on(ended('a'));
    builder.on(ended('b'));
    expect(builder.build().summary).toEqual({
      run_id: 'run1',
      started_at: '2026-01-02T03:04:05.000Z',
      total_products: 30,
      processing_time_seconds: 1.235,
      success_rate: 1,
      sources: ['b', 'a'],
      partial: false,
    });
  });

  it('counts the pages with a final outcome for the success rate, in all and per source', () => {
    const report = reportFrom(
      runStarted(['a', 'b']),
      ...Array.from({ length: 3 }, () => pageDelivered('a')),
      { at, type: 'pages-failed', source: 'b', pages: 1, error: dead },
      ended('a'),
      ended('b', 'failed'),
    );
    expect(report.summary.success_rate).toBe(0.75);
    expect(report.monitoring.sources['a']).toMatchObject({ success_rate: 1, failure_rate: 0, state: 'complete' });
    expect(report.monitoring.sources['b']).toMatchObject({ success_rate: 0, failure_rate: 1, state: 'failed' });
  });

  it('has a success rate of 0 where no page has an outcome', () => {
    expect(reportFrom(runStarted(['a'])).summary).toMatchObject({ success_rate: 0, partial: true });
  });

  it.each<[string, TimedEvent]>([
    ['a page failed', { at, type: 'pages-failed', source: 'a', pages: 1, error: dead }],
    ['a source ended early', ended('a', 'partial')],
    ['the run was stopped', { at, type: 'run-stopping', error: new SluiceError('interrupted', 'Ctrl-C') }],
    ['a sink failed', { at, type: 'sink-failed', sink: 's', unwritten: 0, error: dead }],
  ])('is partial when %s', (_what, event) => {
    expect(reportFrom(runStarted(['a'], ['s']), ended('a')).summary.partial).toBe(false);
    expect(reportFrom(runStarted(['a'], ['s']), ended('a'), event).summary.partial).toBe(true);
  });

  it('is not partial for rejects, duplicates and complaints that cost no page', () => {
    const error = new SluiceError('total_mismatch', '194 declared, 193 came');
    const page = pageDelivered('a', { records: 18, duplicates: 1, rejects: [reject()] });
    const report = reportFrom(runStarted(['a']), page, { at, type: 'source-notice', source: 'a', error }, ended('a'));
    expect(report.summary).toMatchObject({ partial: false, total_products: 18 });
    expect(report.errors.map((entry) => entry.error)).toEqual(['invalid_record', 'total_mismatch']);
  });

  it('lists every source and sink in the order of the config, also silent ones', () => {
    const { metrics, monitoring } = reportFrom(runStarted(['b', 'a'], ['y', 'x']), pageDelivered('a'));
    expect(Object.keys(monitoring.sources)).toEqual(['b', 'a']);
    expect(Object.keys(metrics.by_source)).toEqual(['b', 'a']);
    expect(Object.keys(monitoring.sinks)).toEqual(['y', 'x']);
    expect(monitoring.sinks['x']).toMatchObject({ state: 'complete', batches: 0 });
  });

  it('monitors requests, answers and waits of a source', () => {
    const retry = { key: 'k', attempt: 1, delayMs: 5, error: 'http_500', message: '' } as const;
    const report = reportFrom(
      runStarted(['a']),
      attempt('a', { ms: 10 }),
      attempt('a', { ms: 20, status: 500, bytes: 50 }),
      { at, type: 'retry', source: 'a', ...retry },
      // A timeout is a request, but no answer: it has no latency.
      { at, type: 'attempt', source: 'a', key: 'k', url: '', attempt: 2, error: 'timeout', bytes: 0, ms: 10_000 },
      { at, type: 'limiter-wait', source: 'a', key: 'GET /', ms: 100.25 },
      { at, type: 'limiter-wait', source: 'a', key: 'GET /', ms: 50 },
      { at, type: 'time-spent', source: 'a', spent: { rate_limit: 200, upstream: 50 } },
      { at, type: 'time-spent', source: 'a', spent: { rate_limit: 100.2 } },
      { at, type: 'breaker', source: 'a', from: 'closed', to: 'open', reason: '5 failures' },
      pageDelivered('a', {
        items: 5,
        records: 4,
        duplicates: 1,
        dropped: 1,
        split: 1,
        drops: new Map([['sold', 1]]),
        processingMs: 3,
      }),
    );
    expect(report.monitoring.sources['a']).toEqual({
      state: 'partial',
      pages: { delivered: 1, failed: 0, ignored: 0, unchanged: 0 },
      records: 4,
      requests: 3,
      retries: 1,
      status_counts: { 200: 1, 500: 1 },
      bytes: 1050,
      latency_ms: {
        p50: expect.closeTo(10, 0) as unknown,
        p95: expect.closeTo(10, 0) as unknown,
        p99: expect.closeTo(10, 0) as unknown,
      },
      processing_ms: { total: 3, p50: expect.closeTo(3, 1) as unknown, p95: expect.closeTo(3, 1) as unknown },
      success_rate: 1,
      failure_rate: 0,
      limiter_wait_ms: 150.25,
      time: timeSpent({ rate_limit: 300, upstream: 50 }),
      advice: null,
      breaker_transitions: [{ at: '2026-01-02T03:04:05.000Z', from: 'closed', to: 'open' }],
      items: { read: 5, rejected: 0, duplicates: 1, dropped: 1, split: 1, drop_reasons: { sold: 1 } },
    });
  });

  it('has no quantiles where nothing was measured', () => {
    const { latency_ms, processing_ms } = reportFrom(runStarted(['a'])).monitoring.sources['a'] ?? {};
    expect(latency_ms).toEqual({ p50: null, p95: null, p99: null });
    expect(processing_ms).toEqual({ total: 0, p50: null, p95: null });
  });

  it('keeps only the first transitions of a breaker that flaps', () => {
    const flap: TimedEvent = { at, type: 'breaker', source: 'a', from: 'open', to: 'half-open', reason: '' };
    const report = reportFrom(runStarted(['a']), ...Array.from({ length: 500 }, () => flap));
    expect(report.monitoring.sources['a']?.breaker_transitions).toHaveLength(100);
  });

  it('merges the metrics of the pages, each source for itself', () => {
    const metrics = () => ({
      groups: ['beauty'],
      groupOf: Uint32Array.of(0, 0),
      values: Float64Array.of(1, Number.NaN),
    });
    const pages = [pageDelivered('a', { metrics: metrics() }), pageDelivered('a', { metrics: metrics() })];
    const report = reportFrom(runStarted(['a', 'b']), ...pages, pageDelivered('b', { metrics: metrics() }));
    expect(report.metrics.category_distribution).toEqual({ beauty: 6 });
    expect(report.metrics.by_source['a']?.records).toBe(4);
  });

  it('tells what each sink has', () => {
    const report = reportFrom(
      runStarted(['a'], ['good', 'bad']),
      pageDelivered('a', { items: 12, records: 10, rejects: [reject()], duplicates: 1 }),
      { at, type: 'sink-wrote', sink: 'good', records: 10, bytes: 500, ms: 1.5 },
      { at, type: 'sink-committed', sink: 'good', records: 10 },
      { at, type: 'sink-wrote', sink: 'bad', records: 10, bytes: 500, ms: 1 },
      { at, type: 'sink-committed', sink: 'bad', records: 10 },
      { at, type: 'sink-failed', sink: 'bad', unwritten: 10, revoked: 10, error: dead },
    );
    const items = { read: 12, split: 0, rejected: 1, duplicates: 1, dropped: 0 };
    expect(report.monitoring.sinks).toEqual({
      good: {
        state: 'complete',
        batches: 1,
        bytes: 500,
        write_ms: 1.5,
        commits: 1,
        reconciliation: { ...items, written: 10, filtered: 0, unwritten: 0 },
      },
      bad: {
        state: 'failed',
        batches: 1,
        bytes: 500,
        write_ms: 1,
        commits: 1,
        reconciliation: { ...items, written: 0, filtered: 0, unwritten: 10 },
      },
    });
  });

  it('refuses to report on a run that has not begun', () => {
    expect(() => reportFrom()).toThrow('before the run began');
  });
});
