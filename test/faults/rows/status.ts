/* oxlint-disable vitest/no-standalone-expect -- each of them is called within the test of its row */
import { expect } from 'vitest';
import { answering, items, json, misbehaving, paging } from '../answers.ts';
import { counted, slice } from '../listings.ts';
import { upstreamRows, type UpstreamRowOptions } from '../upstream-row.ts';

const final = (status: string): UpstreamRowOptions => ({
  fault: `${status} for ever`,
  expected: `exit 3, failed, 0 records, 1 request, http_${status.slice(0, 3)}`,
  upstream: answering(json({}, [], status)),
});

const transient = (status: string): UpstreamRowOptions => ({
  fault: `${status} for ever`,
  expected: `exit 3, failed, 0 records, 3 requests, http_${status.slice(0, 3)} after 3`,
  upstream: answering(json({}, [], status)),
});

export const statusRows = upstreamRows('status', [
  ...['400 Bad Request', '401 Unauthorized', '403 Forbidden', '404 Not Found', '410 Gone'].map(final),
  ...['408 Request Timeout', '500 Internal Server Error', '502 Bad Gateway', '503 Service Unavailable'].map(transient),
  {
    fault: '500 every other time',
    expected: 'exit 0, complete, 6 records, 6 requests',
    source: counted,
    upstream: paging((offset, index) => (index % 2 === 0 ? json({}, [], '500 Oh No') : slice(offset, 6))),
  },
  {
    fault: '404 for a page in the middle',
    expected: 'exit 3, partial, 4 records, 3 requests, http_404',
    source: counted,
    upstream: paging((offset) => (offset === 2 ? json({}, [], '404 Not Found') : slice(offset, 6))),
  },
  {
    fault: '503 for ever after the first page',
    // Three failures open the breaker, two failed probes give the source up; one request more may have been past the
    // breaker already, in line for its turn.
    expected: 'exit 3, partial, 2 records, circuit_open',
    uncounted: true,
    source: counted,
    settings: { retry: { retries: 9, baseMs: 1, maxMs: 2 }, breaker: { failures: 3, cooldownMs: 20, probes: 2 } },
    upstream: paging((offset) => (offset === 0 ? slice(0, 20) : json({}, [], '503 Service Unavailable'))),
    check: ({ report, upstream }) => {
      expect([6, 7]).toContain(upstream.heads.length);
      expect(report.errors[0]).toMatchObject({ pages: 9 });
      expect(report.errors[0]?.message).toContain('503');
    },
  },
  {
    fault: '100 and 103 before the answer',
    expected: 'exit 0, complete, 2 records, 1 request',
    upstream: misbehaving((socket) => {
      socket.write('HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n');
      socket.write(json(items(1, 2)));
    }),
  },
  {
    fault: 'status 304 that nobody asked for',
    expected: 'exit 3, failed, 0 records, 1 request, http_304',
    upstream: answering('HTTP/1.1 304 Not Modified\r\n\r\n'),
  },
]);
