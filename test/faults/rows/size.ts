/* oxlint-disable vitest/no-standalone-expect -- each of them is called within the test of its row */
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { FaultServer } from '../../support/fault-server.ts';
import { httpServer } from '../../support/fault-server.ts';
import { answering } from '../answers.ts';
import { upstreamRows } from '../upstream-row.ts';

const mebibyte = 1024 * 1024;
const tooLarge = 'exit 3, failed, 0 records, 1 request, body_too_large';

/** Memory of this process when the answer began, and bytes that were sent of it. */
const before = { rss: 0, sent: 0 };

/** Sends a gigabyte, as fast as it is taken. */
function gigabyte(headers: Record<string, string>): () => Promise<FaultServer> {
  const piece = Buffer.alloc(mebibyte, ' ');
  return () =>
    httpServer((_, response) => {
      before.rss = process.memoryUsage().rss;
      before.sent = 0;
      response.writeHead(200, headers);
      const more = (): void => {
        while (before.sent < 1024 * mebibyte && response.writable) {
          before.sent += piece.length;
          if (!response.write(piece)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
}

function staysFlat(): void {
  expect(before.sent, 'bytes sent').toBeLessThan(40 * mebibyte);
  // The limit of 16 MiB, once more while its buffer grows, and what undici and the server hold of it.
  expect(process.memoryUsage().rss - before.rss, 'growth of RSS').toBeLessThan(100 * mebibyte);
}

function bomb(encoding: string, body: Buffer): Buffer {
  const head = `HTTP/1.1 200 OK\r\ncontent-encoding: ${encoding}\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

const spaces = Buffer.alloc(64 * mebibyte, ' ');

export const sizeRows = upstreamRows('size', [
  {
    fault: 'body of 1 GB, as declared',
    expected: tooLarge,
    alone: true,
    upstream: gigabyte({ 'content-length': String(1024 * mebibyte) }),
    check: staysFlat,
  },
  {
    fault: 'body of 1 GB, not declared',
    expected: tooLarge,
    alone: true,
    upstream: gigabyte({}),
    check: staysFlat,
  },
  {
    fault: 'gzip bomb, 64 KB to 64 MB',
    expected: tooLarge,
    alone: true,
    settings: { maxBodyBytes: mebibyte },
    upstream: () => answering(bomb('gzip', gzipSync(spaces)))(),
  },
  {
    fault: 'gzip bomb in a gzip bomb',
    expected: tooLarge,
    alone: true,
    settings: { maxBodyBytes: mebibyte },
    upstream: () => answering(bomb('gzip, gzip', gzipSync(gzipSync(spaces))))(),
  },
  {
    fault: 'brotli bomb',
    expected: tooLarge,
    alone: true,
    settings: { maxBodyBytes: mebibyte },
    upstream: () =>
      answering(bomb('br', brotliCompressSync(spaces, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })))(),
  },
]);
