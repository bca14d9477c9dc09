/* oxlint-disable vitest/no-standalone-expect -- each of them is called within the test of its row */
import { expect } from 'vitest';
import type { Socket } from 'node:net';
import { items, json, misbehaving } from '../answers.ts';
import { upstreamRows } from '../upstream-row.ts';

const gaveUp = 'exit 3, failed, 0 records, 2 requests, timeout_after_retries after 2';
const timeouts = { connectMs: 5000, headersMs: 250, bodyMs: 250, attemptMs: 2000 };
const once = { retry: { retries: 1, baseMs: 1, maxMs: 2 }, timeouts };

/** Sends a byte every few milliseconds, for ever. */
function drip(socket: Socket, text: () => string, everyMs: number): void {
  const timer = setInterval(() => socket.write(text()), everyMs);
  socket.on('close', () => clearInterval(timer));
}

export const timingRows = upstreamRows('timing', [
  {
    fault: 'headers never come',
    expected: gaveUp,
    settings: once,
    upstream: misbehaving(() => undefined),
    check: ({ report, ms }) => {
      expect(report.errors[0]?.message).toContain('no response headers within 250 ms');
      expect(ms).toBeGreaterThan(490);
    },
  },
  {
    fault: 'headers drip, a byte at a time',
    expected: gaveUp,
    settings: once,
    upstream: misbehaving((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
      drip(socket, () => 'a', 20);
    }),
    check: ({ report }) => expect(report.errors[0]?.message).toContain('no response headers within 250 ms'),
  },
  {
    fault: 'body stalls',
    expected: gaveUp,
    settings: once,
    upstream: misbehaving((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n[{"id":1,')),
    check: ({ report }) => expect(report.errors[0]?.message).toContain('no data for 250 ms'),
  },
  {
    fault: 'body drips for ever, never idle for long',
    expected: gaveUp,
    // A busy machine may hold a drop back for a while.
    settings: { ...once, timeouts: { ...timeouts, bodyMs: 1000, attemptMs: 400 } },
    upstream: misbehaving((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n[\r\n');
      drip(socket, () => '1\r\n \r\n', 50);
    }),
    check: ({ report }) => expect(report.errors[0]?.message).toContain('not done within 400 ms'),
  },
  {
    fault: 'slow, but within all limits',
    expected: 'exit 0, complete, 2 records, 1 request',
    settings: { timeouts: { headersMs: 1000, bodyMs: 1000, attemptMs: 5000 } },
    upstream: misbehaving((socket) => {
      const text = json(items(1, 2));
      const half = text.length / 2;
      setTimeout(() => socket.write(text.slice(0, half)), 100);
      setTimeout(() => socket.write(text.slice(half)), 200);
    }),
  },
  {
    fault: 'stalls past the deadline of the run',
    expected: 'exit 3, failed, 0 records, 1 request, deadline_exceeded',
    config: { deadlineMs: 300 },
    upstream: misbehaving(() => undefined),
    check: ({ ms }) => expect(ms).toBeLessThan(2300),
  },
]);
