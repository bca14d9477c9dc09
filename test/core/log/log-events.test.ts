import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../core/contracts/events.ts';
import type { LogFields } from '../../../core/contracts/logger.ts';
import type { RunReport } from '../../../core/contracts/report.ts';
import { SluiceError } from '../../../core/errors.ts';
import { noPageMetrics } from '../../../core/metrics/page-metrics.ts';
import { logEvents } from '../../../core/log/log-events.ts';
import { noValues } from '../../../core/metrics/no-values.ts';

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

function logged(...events: RunEvent[]): Line[] {
  const lines: Line[] = [];
  const at =
    (level: string) =>
    (message: string, fields?: LogFields): void => {
      lines.push({ level, message, fields });
    };
  const listen = logEvents({ error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') });
  for (const event of events) listen({ ...event, at: 0 });
  return lines;
}

const error = new SluiceError('timeout_after_retries', 'no answer in 5000 ms');
const retry: RunEvent = {
  type: 'retry',
  source: 'shop',
  key: 'p2',
  attempt: 2,
  delayMs: 210.7,
  error: 'http_503',
  message: 'answered 503',
};
const reject = { reason: 'missing_title', index: 3, message: 'no title', raw: '{}' } as const;
const delivered: RunEvent = {
  type: 'page-delivered',
  source: 'shop',
  key: 'p1',
  items: 20,
  records: 19,
  duplicates: 0,
  dropped: 0,
  split: 0,
  drops: new Map(),
  rejects: [reject],
  metrics: noPageMetrics(),
  bytes: 10,
  attempts: 1,
  processingMs: 1,
};

describe('logEvents', () => {
  it.each<[string, RunEvent]>([
    ['info', { type: 'run-started', runId: 'r', sources: ['shop'], sinks: ['json-file'], threads: 2 }],
    [
      'info',
      {
        type: 'source-started',
        source: 'shop',
        baseUrl: 'https://h',
        rateLimits: [{ requests: 5, perMs: 1000 }],
        pagination: 'offset',
      },
    ],
    ['debug', { type: 'pages-known', source: 'shop', pages: 10 }],
    [
      'debug',
      { type: 'attempt', source: 'shop', key: 'p', url: 'https://h/p', attempt: 1, status: 200, bytes: 1, ms: 2 },
    ],
    ['debug', { type: 'limiter-wait', source: 'shop', key: 'GET /', ms: 200 }],
    ['warn', { type: 'limiter-paused', source: 'shop', ms: 2000, reason: 'answered 429' }],
    ['warn', retry],
    ['warn', { type: 'breaker', source: 'shop', from: 'closed', to: 'open', reason: '5 failures in a row' }],
    ['info', { type: 'breaker', source: 'shop', from: 'half-open', to: 'closed', reason: 'the probe succeeded' }],
    ['error', { type: 'pages-failed', source: 'shop', pages: 3, error }],
    ['warn', { type: 'source-notice', source: 'shop', error }],
    ['info', { type: 'source-ended', source: 'shop', state: 'complete' }],
    ['warn', { type: 'source-ended', source: 'shop', state: 'partial' }],
    ['error', { type: 'source-ended', source: 'shop', state: 'failed' }],
    ['debug', { type: 'sink-wrote', sink: 'json-file', records: 20, bytes: 9, ms: 1 }],
    ['debug', { type: 'sink-committed', sink: 'json-file', records: 20 }],
    ['error', { type: 'sink-failed', sink: 'json-file', unwritten: 20, error }],
    [
      'warn',
      {
        type: 'sink-discarded',
        sink: 'json-file',
        records: 20,
        error: new SluiceError('deadline_exceeded', '20 records were fetched and not written'),
      },
    ],
    ['debug', { type: 'sink-skipped', sink: 'json-file', records: 20 }],
    ['warn', { type: 'run-stopping', error }],
    ['info', { type: 'run-finished', report: reportStub() }],
  ])('logs at %s: %j', (level, event) => {
    const lines = logged(event);
    expect(lines.map((line) => line.level)).toEqual([level]);
    expect(lines[0]?.fields).toMatchObject({ event: event.type });
    expect(lines[0]?.message).not.toMatch(/undefined|NaN|\[object/);
  });

  it('says by which rules on quality a run fails, as an error', () => {
    const { monitoring, ...report } = reportStub();
    const rule = {
      check: 'range',
      action: 'fail',
      field: 'price',
      sources: ['a', 'b'],
      records: 40,
      examples: [],
    } as const;
    const rules = [
      { ...rule, name: 'kept', failed: 0, state: 'passed' },
      { ...rule, name: 'dear', failed: 2, state: 'failed' },
      { ...rule, name: 'few', check: 'minCount', failed: 1, state: 'failed' },
    ] as const;
    const told = logged({
      type: 'run-finished',
      report: { ...report, monitoring: { ...monitoring, quality: { failed: true, rules } } },
    });
    expect(told.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'error the run fails by the rule "dear": 2 of 40 records broke it',
      'error the run fails by the rule "few": 1 of 2 sources broke it',
      expect.stringMatching(/^info run r: /),
    ]);
  });

  it('says what failed, how, and when the next attempt follows', () => {
    expect(logged(retry)[0]?.message).toBe('shop: attempt 2 follows in 211 ms after http_503: answered 503');
    // The rate limit holds it back: the log of that tells for how long.
    expect(logged({ ...retry, delayMs: 0 })[0]?.message).toBe('shop: attempt 2 follows after http_503: answered 503');
  });

  it('shows no secret of a URL', () => {
    const url = 'https://user:pw@host/x?token=abc';
    const [attempt, start] = logged(
      { type: 'attempt', source: 's', key: 'k', url, attempt: 1, error: 'timeout', message: 'late', bytes: 0, ms: 1 },
      {
        type: 'source-started',
        source: 's',
        baseUrl: url,
        rateLimits: [{ requests: 1, perMs: 1 }],
        pagination: 'single',
      },
    );
    expect(attempt?.message).toBe('s: attempt 1, timeout (late) in 1 ms, 0 bytes, https://host/x?token=***');
    expect(start?.message).toContain('https://host/x?token=***');
  });

  it('warns of the 1st, 10th and 100th of a kind and leaves the others to debug', () => {
    const lines = logged(...Array.from({ length: 120 }, () => retry));
    expect(lines).toHaveLength(120);
    const warned = lines.filter((line) => line.level === 'warn');
    expect(warned.map((line) => line.fields?.['count'])).toEqual([1, 10, 100]);
    expect(warned[2]?.message).toMatch(/\(number 100 of its kind\)$/);
  });

  it('counts each source and each error as a kind of its own', () => {
    const lines = logged(retry, { ...retry, source: 'other' }, { ...retry, error: 'timeout' });
    expect(lines.map((line) => line.level)).toEqual(['warn', 'warn', 'warn']);
  });

  it('warns of rejects once for each reason', () => {
    const second: RunEvent = { ...delivered, key: 'p2', rejects: [reject, { ...reject, reason: 'invalid_price' }] };
    const warned = logged(delivered, second).filter((line) => line.level === 'warn');
    expect(warned.map((line) => line.fields?.['reason'])).toEqual(['missing_title', 'invalid_price']);
  });
});

function reportStub(): RunReport {
  return {
    summary: {
      run_id: 'r',
      started_at: '2026-01-01T00:00:00.000Z',
      total_products: 0,
      processing_time_seconds: 0.5,
      success_rate: 0,
      sources: [],
      partial: true,
    },
    errors: [],
    metrics: { overall: { records: 0, price: noValues }, by_source: {}, category_distribution: {} },
    monitoring: {
      sources: {},
      sinks: {},
      lives: 1,
      dead_letters: { file: null, kept: 0, omitted: 0 },
      errors_omitted: 0,
    },
  };
}
