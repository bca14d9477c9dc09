import { afterEach, describe, expect, test } from 'vitest';
import { parseMetricsAddress } from '../../../cli/metrics/address.ts';
import { serveMetrics, type ServedMetrics } from '../../../cli/metrics/serve-metrics.ts';
import { SluiceError, type RunEvent } from '../../../core/index.ts';

let served: ServedMetrics | undefined;
afterEach(async () => {
  await served?.close();
  served = undefined;
});

async function metricsOf(events: readonly RunEvent[]): Promise<string> {
  served = await serveMetrics({ host: '127.0.0.1', port: 0 });
  for (const event of events) served.listen({ ...event, at: 0 });
  const response = await fetch(`http://127.0.0.1:${served.port}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  return response.text();
}

const attempt = { type: 'attempt', source: 'shop', key: '1', url: 'http://shop.test', attempt: 1, ms: 5 } as const;

describe('serveMetrics', () => {
  test('counts requests, here and in workers, by status', async () => {
    const text = await metricsOf([
      { ...attempt, status: 200, bytes: 100 },
      { ...attempt, error: 'timeout', bytes: 0 },
      {
        type: 'requests-counted',
        source: 'shop',
        requests: 5,
        retries: 2,
        bytes: 400,
        limiterWaitMs: 1500,
        statuses: new Map([
          [200, 3],
          [503, 1],
        ]),
        latencies: new Map(),
      },
    ]);
    expect(text).toContain('sluice_requests_total{source="shop",status="200"} 4');
    expect(text).toContain('sluice_requests_total{source="shop",status="none"} 2');
    expect(text).toContain('sluice_requests_total{source="shop",status="503"} 1');
    expect(text).toContain('sluice_response_bytes_total{source="shop"} 500');
    expect(text).toContain('sluice_retries_total{source="shop"} 2');
    expect(text).toContain('sluice_limiter_wait_seconds_total{source="shop"} 1.5');
  });

  test('shows workers, what they have in hand and what waits, as they are now', async () => {
    const text = await metricsOf([
      { type: 'workers', workers: 4, inHand: 30, waiting: 1000 },
      { type: 'workers', workers: 3, inHand: 20, waiting: 900 },
    ]);
    expect(text).toContain('sluice_workers 3');
    expect(text).toContain('sluice_pages_in_hand 20');
    expect(text).toContain('sluice_pages_waiting 900');
  });

  test('counts failures by code, and follows breaker and end of a source', async () => {
    const error = new SluiceError('http_500', 'no');
    const text = await metricsOf([
      { type: 'source-started', source: 'shop', baseUrl: 'http://shop.test', rateLimits: [], pagination: 'single' },
      { type: 'pages-failed', source: 'shop', pages: 3, error },
      { type: 'breaker', source: 'shop', from: 'closed', to: 'open', reason: 'failures' },
      { type: 'sink-failed', sink: 'out', unwritten: 1, error: new SluiceError('sink_failed', 'full') },
    ]);
    expect(text).toContain('sluice_pages_total{source="shop",outcome="failed"} 3');
    expect(text).toContain('sluice_errors_total{source="shop",code="http_500"} 1');
    expect(text).toContain('sluice_errors_total{source="sink out",code="sink_failed"} 1');
    expect(text).toContain('sluice_breaker_open{source="shop"} 1');
    expect(text).toContain('sluice_source_running{source="shop"} 1');
  });

  test('says that it is there, and knows no other path and method', async () => {
    served = await serveMetrics({ host: '127.0.0.1', port: 0 });
    const at = `http://127.0.0.1:${served.port}`;
    expect(await (await fetch(`${at}/healthz`)).text()).toBe('ok\n');
    expect((await fetch(`${at}/`)).status).toBe(404);
    expect((await fetch(`${at}/metrics`, { method: 'POST' })).status).toBe(405);
  });

  test('a port that is taken is told with its reason', async () => {
    served = await serveMetrics({ host: '127.0.0.1', port: 0 });
    await expect(serveMetrics({ host: '127.0.0.1', port: served.port })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('EADDRINUSE'),
    });
  });
});

describe('parseMetricsAddress', () => {
  test('reads a port, and a host before it', () => {
    expect(parseMetricsAddress('9464')).toEqual({ host: '127.0.0.1', port: 9464 });
    expect(parseMetricsAddress('0.0.0.0:9464')).toEqual({ host: '0.0.0.0', port: 9464 });
    expect(parseMetricsAddress('[::]:9464')).toEqual({ host: '::', port: 9464 });
  });

  test.each(['', 'x', '99999', 'host:', ':80', '-1'])('refuses %j', (text) => {
    expect(() => parseMetricsAddress(text)).toThrow(/Give a port/);
  });
});
