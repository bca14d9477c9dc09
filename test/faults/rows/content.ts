import { responseText } from '../../support/fault-server.ts';
import { answering, items, json } from '../answers.ts';
import { upstreamRows } from '../upstream-row.ts';

const text = JSON.stringify(items(1, 2));
const well = 'exit 0, complete, 2 records, 1 request';
const malformed = 'exit 3, failed, 0 records, 3 requests, malformed_json after 3';
const markup = 'exit 3, failed, 0 records, 3 requests, unexpected_content_type after 3';
const shape = 'exit 3, failed, 0 records, 3 requests, unexpected_shape after 3';

/** The bytes as they are, as JSON. */
function bytes(body: Buffer): Buffer {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

export const contentRows = upstreamRows('content', [
  {
    fault: '200 with HTML',
    expected: markup,
    upstream: answering(responseText('<!doctype html><p>Log in</p>', ['content-type: text/html; charset=utf-8'])),
  },
  { fault: '200 with HTML that calls itself JSON', expected: markup, upstream: answering(json('<html></html>')) },
  {
    fault: 'JSON that calls itself text',
    expected: well,
    upstream: answering(responseText(text, ['content-type: text/plain'])),
  },
  {
    fault: '200 with an error in it',
    expected: shape,
    upstream: answering(json({ status: 'error', message: 'try again' })),
  },
  {
    fault: '200 with an error in it, once',
    expected: 'exit 0, complete, 2 records, 2 requests',
    upstream: answering(json({ status: 'error' }), json(items(1, 2))),
  },
  {
    fault: '204',
    // Nothing now, or nothing any more? Only the source's author can say.
    expected: 'exit 3, failed, 0 records, 3 requests, http_204 after 3',
    upstream: answering('HTTP/1.1 204 No Content\r\n\r\n'),
  },
  { fault: 'empty body', expected: malformed, upstream: answering(json('')) },
  { fault: 'body of blanks', expected: malformed, upstream: answering(json('  \r\n ')) },
  { fault: 'byte order mark', expected: well, upstream: answering(bytes(Buffer.from(`\uFEFF${text}`))) },
  {
    fault: 'invalid UTF-8',
    expected: malformed,
    upstream: answering(bytes(Buffer.from('[{"id":1,"title":"caf\xE9"}]', 'latin1'))),
  },
  { fault: 'UTF-16', expected: malformed, upstream: answering(bytes(Buffer.from(text, 'utf16le'))) },
  { fault: 'truncated JSON', expected: malformed, upstream: answering(json(text.slice(0, -5))) },
  {
    fault: 'truncated JSON, once',
    expected: 'exit 0, complete, 2 records, 2 requests',
    upstream: answering(json(text.slice(0, -5)), json(items(1, 2))),
  },
  { fault: 'two documents in one body', expected: malformed, upstream: answering(json(`${text}\n${text}`)) },
]);
