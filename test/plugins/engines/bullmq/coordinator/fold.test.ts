import { describe, expect, test } from 'vitest';
import { noPageMetrics } from '../../../../../core/metrics/page-metrics.ts';
import { SluiceError } from '../../../../../core/errors.ts';
import { foldAlone } from '../../../../../plugins/engines/bullmq/coordinator/fold-alone.ts';
import { foldOutcome } from '../../../../../plugins/engines/bullmq/coordinator/fold.ts';
import {
  newRunState,
  readRunState,
  type RunState,
  writeRunState,
} from '../../../../../plugins/engines/bullmq/coordinator/run-state.ts';
import type { LedgerOutcome } from '../../../../../plugins/engines/bullmq/ledger/outcome.ts';

const options = { clean: (text: string) => text.replaceAll('hush', '***'), cursorKind: () => undefined };

const landed: LedgerOutcome = {
  kind: 'landed',
  source: 'shop',
  key: 'GET /?page=1',
  items: 5,
  records: 3,
  duplicates: 1,
  dropped: 0,
  drops: new Map(),
  split: 0,
  rejects: [{ reason: 'missing_id', index: 4, message: 'no id, hush', raw: '{}' }],
  metrics: noPageMetrics(),
  attempts: 1,
  bytes: 100,
  processingMs: 2,
};
const figures: LedgerOutcome = {
  kind: 'figures',
  worker: 'w1',
  source: 'shop',
  requests: 4,
  retries: 1,
  bytes: 400,
  limiterWaitMs: 20,
  statuses: new Map([
    [200, 3],
    [503, 1],
  ]),
  latencies: new Map([[12, 3]]),
  time: { upstream: 50 },
};
const failed: LedgerOutcome = {
  kind: 'failed',
  source: 'shop',
  pages: 1,
  error: new SluiceError('http_404', 'not there', { status: 404 }),
};

function folded(...outcomes: LedgerOutcome[]): RunState {
  const state = newRunState();
  for (const outcome of outcomes) foldOutcome(state, outcome, 0, options);
  return state;
}

describe('foldOutcome', () => {
  test('adds up pages, requests and what the sinks have', () => {
    const sinks: LedgerOutcome = {
      kind: 'sinks',
      worker: 'w1',
      sinks: { out: { records: 3, bytes: 90, ms: 1, filtered: 2 } },
    };
    const state = folded(landed, figures, landed, figures, sinks, sinks);
    expect(state.sources.get('shop')).toMatchObject({
      pages: 2,
      records: 6,
      read: 10,
      rejected: 2,
      duplicates: 2,
      requests: 8,
      retries: 2,
      bytes: 800,
      statuses: new Map([
        [200, 6],
        [503, 2],
      ]),
      rejects: [{ reason: 'missing_id', count: 2, first: { message: 'no id, ***' } }],
    });
    expect(state.sinks.get('out')).toEqual({ records: 6, filtered: 4 });
  });

  test('keeps failures that are alike as one, apart from complaints', () => {
    const notice: LedgerOutcome = { kind: 'notice', source: 'shop', error: new SluiceError('http_404', 'not there') };
    const { errors } = folded(failed, failed, notice, failed);
    expect(errors.map(({ pages }) => pages)).toEqual([3, 0]);
  });

  test('counts failures beyond the bound with those of their code: none is lost', () => {
    const many = Array.from({ length: 700 }, (_, index): LedgerOutcome => {
      return { kind: 'failed', source: 'shop', pages: 1, error: new SluiceError('http_404', `page ${index}`) };
    });
    const { errors } = folded(...many);
    expect(errors).toHaveLength(500);
    expect(errors.reduce((sum, { pages }) => sum + pages, 0)).toBe(700);
  });

  test('keeps the latest cursor of a source that declares one', () => {
    const state = newRunState();
    for (const cursor of [3, 9, 5]) {
      foldOutcome(state, { ...landed, cursor }, 0, { ...options, cursorKind: () => 'sequence' });
    }
    expect(state.cursors.get('shop')).toBe(9);
  });
});

describe('a kept state', () => {
  test('comes back as it was', () => {
    const state = folded(landed, figures, failed, { kind: 'ended', source: 'shop', state: 'partial' });
    state.letters = { bytes: 10, kept: 1, omitted: 0 };
    const back = readRunState(writeRunState(state));
    expect({ ...back, errors: [] }).toEqual({ ...state, errors: [] });
    expect(back.errors).toMatchObject([
      { source: 'shop', pages: 1, error: { code: 'http_404', message: 'not there', status: 404 } },
    ]);
  });
});

describe('foldAlone', () => {
  test('goes on with what was kept, and counts the letters that nobody could write', () => {
    const context = { config: { sources: [] }, clean: options.clean, clock: { date: () => 0 } } as never;
    const first = foldAlone(context, undefined, [{ id: '1-0', outcome: landed }]);
    const state = readRunState(foldAlone(context, first, [{ id: '2-0', outcome: landed }]));
    expect(state.sources.get('shop')?.pages).toBe(2);
    expect(state.letters).toEqual({ bytes: 0, kept: 0, omitted: 2 });
  });
});
