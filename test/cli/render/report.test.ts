import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { createPaint } from '../../../cli/render/paint.ts';
import { renderReport } from '../../../cli/render/report.ts';
import type { RunReport, SourceMonitoring, ValueStatistics } from '../../../core/contracts/report.ts';
import { sampleReport, sampleSource } from './sample-report.ts';

const files = new Map([['json-file', ['out/products.json']]]);

function rendered(report: RunReport, columns = 100, isFailed = false): string[] {
  return renderReport(report, { columns, paint: createPaint(false), files, isFailed });
}

describe('renderReport', () => {
  it('tells of sources, prices, categories, errors, sinks and the whole', () => {
    expect(rendered(sampleReport())).toEqual([
      '',
      'Sources',
      'source     state     pages  records  requests  retries  success    p50    p95  limiter',
      'dummyjson  complete     10      194        12        2    100 %  12 ms  40 ms    1.8 s',
      'escuelajs  partial    9/10      180        12        2     90 %  12 ms  40 ms    1.8 s',
      '',
      'Time',
      'source     time  spent on',
      'dummyjson   3 s  rate limit 92 %, upstream 7 %, sinks 1 %',
      'escuelajs   3 s  rate limit 92 %, upstream 7 %, sinks 1 %',
      "dummyjson, the slowest: 92 % waiting for the declared limit of 5/s: the run can't be faster unless",
      '  the limit is raised',
      '',
      'Prices',
      'source     count  min  median   mean    p95     max      σ',
      'dummyjson    194  0.8   120.5  450.2  2,000  36,999  2,346',
      'all          194  0.8   120.5  450.2  2,000  36,999  2,346',
      '',
      'Categories',
      '(none)      180  ██████████████████████████████',
      'fragrances  104  █████████████████',
      'laptops      90  ███████████████',
      '',
      'Errors',
      'timeout_after_retries × 2, escuelajs',
      '  no response headers within 10000 ms',
      '  last: no response headers within 9000 ms',
      'http_404 × 1, dummyjson, 3 pages',
      '  Not found',
      'invalid_record invalid_price price × 4, escuelajs',
      '  item 3 of page GET /products?offset=20 rejected, invalid_price: not a number',
      '… counted but not listed: 7 more',
      '',
      'Sinks',
      'json-file: 380 read = 374 written + 4 rejected + 2 duplicates',
      '  → out/products.json',
      '',
      'PARTIAL: 374 records in 3.21 s, 95 % of pages delivered',
    ]);
  });

  it('says in its last line that the run has failed, and not that a part of it is there', () => {
    expect(rendered(sampleReport(), 100, true).at(-1)).toMatch(/^FAILED: 374 records/);
  });

  it('says in its last line that a rule on quality has failed the run', () => {
    const { summary, monitoring, ...report } = sampleReport();
    const failed = { ...monitoring, quality: { failed: true, rules: [] } };
    const last = (partial: boolean) =>
      rendered({ ...report, summary: { ...summary, partial }, monitoring: failed }).at(-1);
    expect(last(false)).toMatch(/^FAILED BY A RULE ON QUALITY: 374 records/);
    expect(last(true)).toMatch(/^PARTIAL, FAILED BY A RULE ON QUALITY: 374 records/);
  });

  it.each([40, 60, 80, 120])('is narrower than a terminal of %d columns', (columns) => {
    const report = sampleReport();
    const long = {
      ...report.errors[0],
      message: 'x'.repeat(400),
      endpoint: 'y'.repeat(100),
    } as RunReport['errors'][number];
    for (const line of rendered({ ...report, errors: [...report.errors, long] }, columns)) {
      expect(stringWidth(line)).toBeLessThan(columns);
    }
  });

  it('prints no escape sequence that came from upstream', () => {
    const report = sampleReport();
    const error = { ...report.errors[0], endpoint: 'a', error: 'b', message: '\u001b[31mred\nforged line' };
    const categories = { '\u001b]0;title\u0007shoes': 3 };
    const lines = rendered({
      ...report,
      errors: [error as RunReport['errors'][number]],
      metrics: { ...report.metrics, category_distribution: categories },
    });
    expect(lines.join('\n')).not.toContain('\u001b');
    expect(lines).toContain('  red forged line');
    expect(lines.some((line) => line.startsWith('shoes  3'))).toBe(true);
  });

  it('leaves out prices where nothing has one, and errors where there are none', () => {
    const report = sampleReport();
    const price: ValueStatistics = {
      count: 0,
      min: null,
      max: null,
      mean: null,
      stddev: null,
      p25: null,
      median: null,
      p75: null,
      p95: null,
      histogram: [],
    };
    const lines = rendered({
      ...report,
      errors: [],
      metrics: {
        overall: { records: 5, price },
        by_source: { a: { records: 5, price, categories: {} } },
        category_distribution: {},
      },
      monitoring: { ...report.monitoring, errors_omitted: 0 },
    });
    for (const title of ['Prices', 'Categories', 'Errors']) expect(lines).not.toContain(title);
  });

  it('shows the sources in trouble first where there are too many', () => {
    const report = sampleReport();
    const many: Record<string, SourceMonitoring> = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [
        `s${index}`,
        sampleSource({ state: index === 777 ? 'failed' : 'complete' }),
      ]),
    );
    const lines = rendered({ ...report, monitoring: { ...report.monitoring, sources: many } });
    expect(lines[3]).toMatch(/^s777 +failed/);
    expect(lines).toContain('… 980 more sources');
  });

  it('says of one that it is one', () => {
    const report = sampleReport();
    const nine = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`c${index}`, 1]));
    const lines = rendered({ ...report, metrics: { ...report.metrics, category_distribution: nine } });
    expect(lines).toContain('… 1 more category');
  });

  it('adds up what a sink that failed did not get', () => {
    const report = sampleReport();
    const sink = report.monitoring.sinks['json-file'];
    if (sink === undefined) throw new Error('no sink');
    const reconciliation = {
      read: 10,
      split: 2,
      written: 0,
      rejected: 0,
      duplicates: 0,
      dropped: 0,
      filtered: 0,
      unwritten: 12,
    };
    const sinks = { 'json-file': { ...sink, state: 'failed' as const, reconciliation } };
    const lines = rendered({ ...report, monitoring: { ...report.monitoring, sinks } });
    expect(lines).toContain('json-file: failed, 10 read + 2 split = 0 written + 12 unwritten');
    expect(lines.join('\n')).not.toContain('out/products.json');
  });
});
