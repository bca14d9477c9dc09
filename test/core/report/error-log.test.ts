import { describe, expect, it } from 'vitest';
import type { RejectGroup } from '../../../core/contracts/journal.ts';
import type { ErrorEntry } from '../../../core/contracts/report.ts';
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
    const [first, second] = log.build();
    expect(first).toEqual({
      endpoint: 'a',
      error: 'http_500',
      timestamp,
      message: 'HTTP 500',
      attempts: 4,
      status: 500,
      url: 'http://a/p',
      count: 1,
    });
    expect(second).toEqual({
      endpoint: 'b',
      error: 'deadline_exceeded',
      timestamp,
      message: 'too late',
      attempts: 0,
      pages: 7,
      count: 1,
    });
  });

  it('lists complaints and sinks that failed, with the records that these cost', () => {
    const log = logOf([
      { at, type: 'source-notice', source: 'a', error: new SluiceError('total_mismatch', 'm') },
      { at, type: 'sink-failed', sink: 's', unwritten: 5, error: new SluiceError('sink_failed', 'full') },
    ]);
    expect(log.build()).toEqual([
      { endpoint: 'a', error: 'total_mismatch', timestamp, message: 'm', attempts: 0, count: 1 },
      { endpoint: 's', error: 'sink_failed', timestamp, message: 'full', attempts: 0, records: 5, count: 1 },
    ]);
  });

  it('makes one entry of alike errors of one code, with the first, the last and what they cost together', () => {
    const late = (ms: number, page: number, status = 500): SluiceError =>
      new SluiceError('http_500', `no answer in ${ms} ms`, { attempts: page, status, url: `http://a/p?skip=${page}` });
    const log = logOf([
      failed('a', late(10, 1)),
      failed('a', late(20, 2), 3),
      failed('b', late(20, 2)),
      failed('a', new SluiceError('http_500', 'something else')),
      { ...failed('a', late(30, 3)), at: at + 1000 },
    ]);
    expect(log.build()).toMatchObject([
      {
        endpoint: 'a',
        timestamp,
        message: 'no answer in 10 ms',
        attempts: 1,
        url: 'http://a/p?skip=1',
        pages: 5,
        count: 3,
        pattern: 'no answer in # ms',
        last: { timestamp: '2026-01-02T03:04:06.000Z', message: 'no answer in 30 ms', url: 'http://a/p?skip=3' },
      },
      { endpoint: 'b', count: 1 },
      { endpoint: 'a', message: 'something else', count: 1 },
    ]);
  });

  it('groups rejects by source, reason, field and what is said of them, where the first of them came', () => {
    const price = { reason: 'invalid_price', field: 'price' } as const;
    const log = logOf([
      pageDelivered('a', { rejects: [reject(), reject({ index: 5 })], attempts: 2 }),
      failed('a', new SluiceError('http_404', 'gone')),
      pageDelivered('a', { rejects: [reject({ index: 9 }), reject({ ...price, index: 0, message: 'price: "?"' })] }),
      pageDelivered('a', { rejects: [reject({ ...price, index: 1, message: 'price: "!"' })] }),
      pageDelivered('b', { rejects: [reject()] }),
    ]);
    const message = (index: number, why: string): string =>
      `item ${index} of page GET /products?skip=0 rejected, ${why}`;
    const missing = 'missing_title: title is missing';
    expect(log.build()).toMatchObject([
      {
        endpoint: 'a',
        error: 'invalid_record',
        message: message(3, missing),
        attempts: 2,
        records: 3,
        count: 3,
        reason: 'missing_title',
        pattern: 'title is missing',
        last: { message: message(9, missing) },
      },
      { endpoint: 'a', error: 'http_404', count: 1 },
      {
        endpoint: 'a',
        message: message(0, 'invalid_price: price: "?"'),
        records: 2,
        reason: 'invalid_price',
        field: 'price',
        pattern: 'price: #',
      },
      { endpoint: 'b', message: message(3, missing), records: 1, count: 1 },
    ]);
  });

  it('takes the fields of a list for one', () => {
    const faulty = (field: string) => reject({ reason: 'invalid_field', field, message: 'not a URL' });
    const log = logOf([pageDelivered('a', { rejects: [faulty('images.0'), faulty('images.17'), faulty('image2')] })]);
    expect(log.build().map(({ field, count }) => [field, count])).toEqual([
      ['images.0', 2],
      ['image2', 1],
    ]);
  });

  it('lists at most 200 groups of an endpoint, and always the first of a code or reason; the rest is counted', () => {
    const word = (index: number): string =>
      index.toString(26).replaceAll(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '');
    const many = Array.from({ length: 300 }, (_, index) =>
      failed('a', new SluiceError('http_404', `gone: ${word(index + 26)}`)),
    );
    const log = logOf([
      ...many,
      failed('b', new SluiceError('http_404', 'gone')),
      pageDelivered('a', { rejects: [reject(), reject({ message: 'another' })] }),
      failed('a', new SluiceError('source_failed', 'given up')),
    ]);
    const entries = log.build();
    expect(entries.filter(({ endpoint }) => endpoint === 'a')).toHaveLength(202);
    expect(entries.slice(-3).map(({ error }) => error)).toEqual(['http_404', 'invalid_record', 'source_failed']);
    const listed = entries.reduce((sum, { count }) => sum + count, 0);
    expect({ listed, omitted: log.omitted }).toEqual({ listed: 203, omitted: 101 });
  });

  it('cleans every text that comes from outside', () => {
    const error = new SluiceError('http_500', 'bad \u001b[31mred', { url: 'http://a/\u001b' });
    const odd = reject({ message: '\u001b!', field: 'a\u001b' });
    const page = pageDelivered('a', { key: 'GET /\u001b', rejects: [odd, odd] });
    const log = logOf([failed('a', error), page], (text) => text.replaceAll('\u001b', '?'));
    expect(JSON.stringify(log.build())).not.toContain('\\u001b');
    expect(JSON.stringify(log.rejectGroups('a'))).not.toContain('\\u001b');
    expect(log.build()[0]).toMatchObject({ message: 'bad ?[31mred', url: 'http://a/?' });
  });

  it('counts on from the rejects of an earlier life as if there had been one', () => {
    const pages = [
      pageDelivered('a', { rejects: [reject(), reject({ reason: 'invalid_price', field: 'price', message: '"x"' })] }),
      pageDelivered('b', { rejects: [reject()] }),
      pageDelivered('a', { key: 'GET /products?skip=20', rejects: [reject({ index: 7 })] }),
      pageDelivered('a', { rejects: [reject({ reason: 'invalid_price', field: 'price', message: '"y"' })] }),
    ];
    for (const split of [0, 1, 2, 3, 4]) {
      const before = logOf(pages.slice(0, split));
      const log = createErrorLog((text) => text);
      for (const source of ['a', 'b']) {
        const journaled = JSON.parse(JSON.stringify(before.rejectGroups(source))) as readonly RejectGroup[];
        log.restoreRejects(source, journaled);
      }
      for (const event of pages.slice(split)) log.on(event);
      const sorted = (entries: readonly ErrorEntry[]) =>
        entries.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
      expect(sorted(log.build())).toEqual(sorted(logOf(pages).build()));
    }
  });

  it('exports rejects alone: pages that failed are asked for again', () => {
    const log = logOf([failed('a', new SluiceError('http_404', 'gone')), pageDelivered('a', { rejects: [reject()] })]);
    const first = { at, key: 'GET /products?skip=0', index: 3, message: 'title is missing' };
    expect(log.rejectGroups('a')).toEqual([{ reason: 'missing_title', count: 1, first, last: first }]);
    expect(log.rejectGroups('b')).toEqual([]);
  });
});
