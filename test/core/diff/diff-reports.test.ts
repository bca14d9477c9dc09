import { describe, expect, it } from 'vitest';
import type { ErrorEntry, RunReport } from '../../../core/contracts/report.ts';
import { diffReports } from '../../../core/diff/diff-reports.ts';
import { sampleReport, sampleSource } from '../../cli/render/sample-report.ts';

function reportOf(sources: RunReport['monitoring']['sources'], errors: readonly ErrorEntry[] = []): RunReport {
  const report = sampleReport();
  return { ...report, errors, monitoring: { ...report.monitoring, sources } };
}

function errorOf(change: Partial<ErrorEntry>): ErrorEntry {
  const timestamp = '2026-01-01T00:00:00.000Z';
  return { endpoint: 'a', error: 'http_404', timestamp, message: 'm', attempts: 1, count: 1, ...change };
}

describe('diffReports', () => {
  it('puts the figures of both runs side by side, with null for a run that lacks the source', () => {
    const latency_ms = { p50: 20, p95: null, p99: null };
    const diff = diffReports(
      reportOf({ a: sampleSource(), old: sampleSource({ state: 'failed' }) }),
      reportOf({ fresh: sampleSource(), a: sampleSource({ records: 200, state: 'partial', latency_ms }) }),
    );
    expect(diff.sources.map(({ source }) => source)).toEqual(['fresh', 'a', 'old']);
    expect(diff.sources[0]).toMatchObject({ state: { before: null, after: 'complete' }, errors: { before: null } });
    expect(diff.sources[1]).toMatchObject({
      state: { before: 'complete', after: 'partial' },
      records: { before: 194, after: 200 },
      latency_ms: { p50: { before: 12.3, after: 20 }, p95: { before: 40.21, after: null } },
    });
    expect(diff.sources[2]).toMatchObject({ state: { before: 'failed', after: null }, records: { after: null } });
  });

  it('counts errors by source and by kind, the largest difference first', () => {
    const diff = diffReports(
      reportOf({ a: sampleSource() }, [
        errorOf({ count: 5 }),
        errorOf({ error: 'timeout', count: 2 }),
        errorOf({ endpoint: 'sink', error: 'sink_failed' }),
      ]),
      reportOf({ a: sampleSource() }, [
        errorOf({ count: 4 }),
        errorOf({ count: 3, message: 'alike' }),
        errorOf({ error: 'invalid_record', reason: 'invalid_price', count: 9 }),
        errorOf({ error: 'invalid_record', reason: 'missing_id', count: 1 }),
      ]),
    );
    expect(diff.sources[0]?.errors).toEqual({ before: 7, after: 17 });
    expect(diff.errors).toEqual([
      { endpoint: 'a', error: 'invalid_record', reason: 'invalid_price', count: { before: 0, after: 9 } },
      { endpoint: 'a', error: 'http_404', count: { before: 5, after: 7 } },
      { endpoint: 'a', error: 'timeout', count: { before: 2, after: 0 } },
      { endpoint: 'a', error: 'invalid_record', reason: 'missing_id', count: { before: 0, after: 1 } },
      { endpoint: 'sink', error: 'sink_failed', count: { before: 1, after: 0 } },
    ]);
  });

  it('takes a source that is called like something every object has', () => {
    const sources = Object.fromEntries([['__proto__', sampleSource()]]);
    expect(diffReports(reportOf({}), reportOf(sources)).sources).toMatchObject([
      { source: '__proto__', records: { before: null, after: 194 } },
    ]);
  });
});
