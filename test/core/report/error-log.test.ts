import { describe, expect, it } from 'vitest';
import type { TimedEvent } from '../../../core/contracts/events.ts';
import { SluiceError } from '../../../core/errors.ts';
import { createErrorLog } from '../../../core/report/error-log.ts';
import { eventTime as at, pageDelivered, reject } from '../../support/run-events.ts';

function logOf(events: readonly TimedEvent[], clean = (text: string): string => text) {
  const log = createErrorLog(clean);
  for (const event of events) log.on(event);
  return log;
}

const timestamp = '2026-01-02T03:04:05.000Z';
const failed = (source: string, error: SluiceError, pages = 1): TimedEvent => ({
  at,
  type: 'pages-failed',
  source,
  pages,
  error,
});

describe('createErrorLog', () => {
  it('lists what is known of pages that failed, and nothing that is not', () => {
    const known = new SluiceError('http_500', 'HTTP 500', { attempts: 4, status: 500, url: 'http://a/p' });
    const log = logOf([failed('a', known), failed('b', new SluiceError('deadline_exceeded', 'too late'), 7)]);
    expect(log.build()).toEqual([
      { endpoint: 'a', error: 'http_500', timestamp, message: 'HTTP 500', attempts: 4, status: 500, url: 'http://a/p' },
      { endpoint: 'b', error: 'deadline_exceeded', timestamp, message: 'too late', attempts: 0, pages: 7 },
    ]);
  });

  it('lists complaints and sinks that failed, with the records that these cost', () => {
    const log = logOf([
      { at, type: 'source-notice', source: 'a', error: new SluiceError('total_mismatch', 'm') },
      { at, type: 'sink-failed', sink: 's', unwritten: 5, error: new SluiceError('sink_failed', 'full') },
    ]);
    expect(log.build()).toEqual([
      { endpoint: 'a', error: 'total_mismatch', timestamp, message: 'm', attempts: 0 },
      { endpoint: 's', error: 'sink_failed', timestamp, message: 'full', attempts: 0, records: 5 },
    ]);
  });

  it('makes one entry of all rejects of a source for one reason, where the first of them came', () => {
    const log = logOf([
      pageDelivered('a', { rejects: [reject(), reject({ index: 5 })], attempts: 2 }),
      failed('a', new SluiceError('http_404', 'gone')),
      pageDelivered('a', { rejects: [reject(), reject({ reason: 'invalid_price', index: 0, message: 'price: "?"' })] }),
      pageDelivered('b', { rejects: [reject()] }),
    ]);
    const page = 'GET /products?skip=0';
    expect(
      log.build().map(({ endpoint, message, records, attempts }) => [endpoint, message, records, attempts]),
    ).toEqual([
      ['a', `3 records rejected: missing_title (first: item 3 of ${page}: title is missing)`, 3, 2],
      ['a', 'gone', undefined, 0],
      ['a', `1 record rejected: invalid_price (first: item 0 of ${page}: price: "?")`, 1, 1],
      ['b', `1 record rejected: missing_title (first: item 3 of ${page}: title is missing)`, 1, 1],
    ]);
  });

  it('lists at most 1,000 entries of a source and counts the rest; rejects stay listed', () => {
    const many = Array.from({ length: 1500 }, () => failed('a', new SluiceError('http_404', 'gone')));
    const log = logOf([
      ...many,
      failed('b', new SluiceError('http_404', 'gone')),
      pageDelivered('a', { rejects: [reject()] }),
    ]);
    expect(log.build()).toHaveLength(1002);
    expect(log.omitted).toBe(500);
    expect(log.build().at(-1)).toMatchObject({ endpoint: 'a', error: 'invalid_record' });
  });

  it('cleans every text that comes from outside', () => {
    const error = new SluiceError('http_500', 'bad \u001b[31mred', { url: 'http://a/\u001b' });
    const log = logOf([failed('a', error), pageDelivered('a', { rejects: [reject({ message: '\u001b!' })] })], (text) =>
      text.replaceAll('\u001b', '?'),
    );
    expect(JSON.stringify(log.build())).not.toContain('\\u001b');
    expect(log.build()[0]).toMatchObject({ message: 'bad ?[31mred', url: 'http://a/?' });
  });
});
