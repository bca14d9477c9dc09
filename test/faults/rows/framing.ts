import { gzipSync } from 'node:zlib';
import { answering, items, json, misbehaving } from '../answers.ts';
import { upstreamRows } from '../upstream-row.ts';

const text = JSON.stringify(items(1, 2));
const cut = 'exit 3, failed, 0 records, 3 requests, network_error after 3';

function compressed(encoding: string, body: Buffer): Buffer {
  const head = `HTTP/1.1 200 OK\r\ncontent-encoding: ${encoding}\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

export const framingRows = upstreamRows('framing', [
  {
    fault: 'Content-Length larger than the body',
    expected: cut,
    upstream: misbehaving((socket) =>
      socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${text.length + 10}\r\n\r\n${text}`),
    ),
  },
  {
    fault: 'Content-Length smaller than the body',
    expected: 'exit 3, failed, 0 records, malformed_json after 3',
    // What is left over stands in the way of the next answer, or is thrown away with its connection.
    uncounted: true,
    upstream: answering(`HTTP/1.1 200 OK\r\ncontent-length: ${text.length - 10}\r\nconnection: close\r\n\r\n${text}`),
  },
  {
    fault: 'chunked body cut between chunks',
    expected: cut,
    upstream: misbehaving((socket) => {
      socket.end(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n`);
    }),
  },
  {
    fault: 'chunked body cut within a chunk',
    expected: cut,
    upstream: misbehaving((socket) => {
      socket.end(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n${text}`);
    }),
  },
  {
    fault: 'chunk length that is no number',
    expected: cut,
    upstream: answering(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n${text}\r\n0\r\n\r\n`),
  },
  {
    fault: 'two different Content-Lengths',
    expected: cut,
    upstream: answering(
      `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\ncontent-length: ${text.length + 1}\r\n\r\n${text}`,
    ),
  },
  {
    fault: 'gzip',
    expected: 'exit 0, complete, 2 records, 1 request',
    upstream: answering(compressed('gzip', gzipSync(text))),
  },
  {
    fault: 'gzip cut short',
    expected: cut,
    upstream: answering(compressed('gzip', gzipSync(text).subarray(0, -10))),
  },
  {
    fault: 'gzip that is none',
    expected: cut,
    upstream: answering(compressed('gzip', Buffer.from(text))),
  },
  {
    fault: 'unknown content encoding',
    expected: 'exit 3, failed, 0 records, 1 request, unsupported_encoding',
    upstream: answering(compressed('rot13', Buffer.from(text))),
  },
  {
    fault: 'encoded four times over',
    expected: 'exit 3, failed, 0 records, 1 request, unsupported_encoding',
    upstream: answering(compressed('gzip, gzip, gzip, gzip', Buffer.from(text))),
  },
  {
    fault: 'block of headers over the limit',
    expected: 'exit 3, failed, 0 records, 1 request, headers_too_large',
    upstream: answering(json(items(1, 2), [`x-long: ${'a'.repeat(20_000)}`])),
  },
  {
    fault: 'endless headers',
    expected: 'exit 3, failed, 0 records, 1 request, headers_too_large',
    upstream: misbehaving((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = (): void =>
        void (socket.writable && socket.write(`x-a: ${'a'.repeat(100)}\r\n`, () => setImmediate(more)));
      more();
    }),
  },
]);
