/* oxlint-disable vitest/no-standalone-expect -- each of them is called within the test of its row */
import { expect } from 'vitest';
import type { ResponseRule, SourcePlugin } from '../../../core/plugin.ts';
import { answering, items, json, paging } from '../answers.ts';
import { counted, slice, uncounted } from '../listings.ts';
import { upstreamRows } from '../upstream-row.ts';

const error = json({ status: 'error', message: 'try again' });
const well = json(items(1, 2));

/** A source of one page with this rule for a body that says `"status": "error"`. */
function onError(action: ResponseRule['action']): Partial<SourcePlugin> {
  return { responseActions: [{ status: 200, body: (body) => body['status'] === 'error', action }] };
}

export const responseActionRows = upstreamRows('response actions', [
  {
    fault: 'error in a 200, to be retried',
    expected: 'exit 0, complete, 2 records, 3 requests',
    source: onError('retry'),
    upstream: answering(error, error, well),
  },
  {
    fault: 'error in a 200, for ever',
    expected: 'exit 3, failed, 0 records, 3 requests, response_refused after 3',
    source: onError('retry'),
    upstream: answering(error),
  },
  {
    fault: 'error in a 200, final',
    expected: 'exit 3, failed, 0 records, 1 request, response_refused',
    source: onError('fail'),
    upstream: answering(error, well),
  },
  {
    fault: 'error in a 200, to be ignored',
    expected: 'exit 0, complete, 4 records, 3 requests',
    source: { ...counted, ...onError('ignore') },
    upstream: paging((offset) => (offset === 2 ? error : slice(offset, 6))),
  },
  {
    fault: 'refusal for the rate in a 200',
    expected: 'exit 0, complete, 2 records, 2 requests',
    source: onError('rate-limited'),
    upstream: answering(json({ status: 'error' }, ['x-ratelimit-remaining: 0', 'retry-after: 1']), well),
    check: ({ ms }) => expect(ms).toBeGreaterThan(998),
  },
  {
    fault: '404 past the last page',
    expected: 'exit 0, complete, 4 records, 3 requests',
    source: { ...uncounted, responseActions: [{ status: 404, action: 'end-of-pages' }] },
    upstream: paging((offset) => (offset < 4 ? slice(offset, 4) : json({}, [], '404 Not Found'))),
  },
  {
    fault: '204 past the last page',
    expected: 'exit 0, complete, 4 records, 3 requests',
    source: { ...uncounted, responseActions: [{ status: 204, action: 'end-of-pages' }] },
    upstream: paging((offset) => (offset < 4 ? slice(offset, 4) : 'HTTP/1.1 204 No Content\r\n\r\n')),
  },
  {
    fault: 'a header that says no',
    expected: 'exit 3, failed, 0 records, 1 request, response_refused',
    source: { responseActions: [{ header: { name: 'X-Blocked', value: /^bot/ }, action: 'fail' }] },
    upstream: answering(json(items(1, 2), ['x-blocked: bot-42'])),
  },
  {
    fault: 'a body predicate that throws',
    expected: 'exit 3, failed, 0 records, 1 request, plugin_invalid',
    source: {
      responseActions: [
        {
          action: 'fail',
          body: () => {
            throw new Error('bug');
          },
        },
      ],
    },
    upstream: answering(well),
  },
]);
