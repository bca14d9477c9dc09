import { expect, test } from 'vitest';
import type { RunReport, SourceState } from '../../../core/contracts/report.ts';
import { exitCodeOf } from '../../../core/run/exit-code.ts';
import { reportOf } from '../../support/sinks.ts';

function report(sources: SourceState[], sinks: SourceState[], records = 5): RunReport {
  const base = reportOf();
  const named = (states: SourceState[]) => Object.fromEntries(states.map((state, index) => [`n${index}`, { state }]));
  const partial = [...sources, ...sinks].some((state) => state !== 'complete');
  return {
    ...base,
    summary: { ...base.summary, partial, total_products: records },
    // Only the states are looked at.
    monitoring: {
      ...base.monitoring,
      sources: named(sources),
      sinks: named(sinks),
    } as unknown as RunReport['monitoring'],
  };
}

test.each<[string, SourceState[], SourceState[], number, boolean, number]>([
  ['all delivered', ['complete', 'complete'], ['complete'], 5, false, 0],
  ['an empty source', ['complete'], ['complete'], 0, false, 0],
  ['every source failed', ['failed', 'failed'], ['complete'], 0, false, 1],
  ['every sink failed', ['complete'], ['failed', 'failed'], 5, false, 1],
  ['one source failed', ['complete', 'failed'], ['complete'], 5, false, 3],
  ['one of two sinks failed', ['complete'], ['complete', 'failed'], 5, false, 3],
  ['a sink that did not get everything', ['complete'], ['partial'], 5, false, 3],
  ['no sink that got everything, not all failed', ['complete'], ['partial', 'failed'], 5, false, 3],
  ['a partial source with records', ['partial'], ['complete'], 5, false, 3],
  ['a partial source without a record', ['partial'], ['complete'], 0, false, 1],
  ['an interrupt, whatever else', ['failed'], ['failed'], 0, true, 130],
])('%s: %j %j', (_, sources, sinks, records, interrupted, code) => {
  expect(exitCodeOf(report(sources, sinks, records), interrupted)).toBe(code);
});

test('rejected records alone count as delivered', () => {
  const message = '2 records rejected: missing_title';
  const rejects = {
    endpoint: 'n0',
    error: 'invalid_record',
    timestamp: '',
    message,
    attempts: 1,
    records: 2,
    count: 2,
  } as const;
  expect(exitCodeOf({ ...report(['complete'], ['complete']), errors: [rejects] }, false)).toBe(0);
});

test.each<[string, string[], SourceState[], SourceState[], boolean, number]>([
  ['the reader of the only sink', ['n0'], ['partial'], ['failed'], false, 141],
  ['its reader, before a source brought anything', ['n0'], ['failed'], ['failed'], false, 141],
  ['its reader, and then an interrupt', ['n0'], ['partial'], ['failed'], true, 130],
  ['the readers of both sinks', ['n0', 'n1'], ['partial'], ['failed', 'failed'], false, 141],
  ['the reader of one, while the other failed', ['n0'], ['partial'], ['failed', 'failed'], false, 1],
  ['the reader of one of two', ['n0'], ['complete'], ['failed', 'complete'], false, 3],
])('gone is %s: %j', (_, gone, sources, sinks, interrupted, code) => {
  const errors = gone.map((endpoint) => ({
    endpoint,
    error: 'reader_gone' as const,
    timestamp: '',
    message: '',
    attempts: 0,
    count: 1,
  }));
  expect(exitCodeOf({ ...report(sources, sinks), errors }, interrupted)).toBe(code);
});

test('whether all outputs have failed does not hang on what is kept beside them', () => {
  const auxiliary = new Set(['n1']);
  expect(exitCodeOf(report(['complete'], ['failed', 'complete']), false, auxiliary)).toBe(1);
  expect(exitCodeOf(report(['complete'], ['complete', 'failed']), false, auxiliary)).toBe(3);
  expect(exitCodeOf(report(['complete'], ['failed']), false, new Set(['n0']))).toBe(1);
});
