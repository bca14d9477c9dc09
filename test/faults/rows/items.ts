/* oxlint-disable vitest/no-standalone-expect -- each of them is called within the test of its row */
import { expect } from 'vitest';
import { answering, json } from '../answers.ts';
import { counted } from '../listings.ts';
import { upstreamRows } from '../upstream-row.ts';

const shape = 'exit 3, failed, 0 records, 3 requests, unexpected_shape after 3';

const nested = '['.repeat(100_000) + ']'.repeat(100_000);

/** A record's own words on price, by id. */
const prices = (records: readonly Record<string, unknown>[]): unknown =>
  Object.fromEntries(
    records.filter(({ source }) => source === 'faulty').map((record) => [record['source_id'], record['price']]),
  );

export const itemRows = upstreamRows('items', [
  {
    fault: 'items are an object',
    expected: shape,
    source: counted,
    upstream: answering(json({ items: { 1: {} }, total: 1 })),
  },
  { fault: 'items are null', expected: shape, source: counted, upstream: answering(json({ items: null, total: 0 })) },
  { fault: 'items are missing', expected: shape, source: counted, upstream: answering(json({ data: [] })) },
  { fault: 'the body is null', expected: shape, source: counted, upstream: answering(json('null')) },
  {
    fault: 'items that are no objects',
    expected: 'exit 0, complete, 1 record, 1 request, 4 not_an_object',
    upstream: answering(json('[null, 1, "two", [], {"id":5,"title":"five"}]')),
  },
  {
    fault: 'price of 1e999',
    expected: 'exit 0, complete, 1 record, 1 request, 1 invalid_price',
    upstream: answering(json('[{"id":1,"title":"one","price":1e999},{"id":2,"title":"two","price":2}]')),
  },
  {
    fault: 'price of NaN, which is no JSON',
    expected: 'exit 3, failed, 0 records, 3 requests, malformed_json after 3',
    upstream: answering(json('[{"id":1,"title":"one","price":NaN}]')),
  },
  {
    fault: 'price of "NaN"',
    expected: 'exit 0, complete, 1 record, 1 request, 1 invalid_price',
    upstream: answering(json('[{"id":1,"title":"one","price":"NaN"},{"id":2,"title":"two","price":2}]')),
  },
  {
    fault: 'numbers as text',
    expected: 'exit 0, complete, 2 records, 1 request, 2 invalid_price',
    upstream: answering(
      json([
        { id: '1', title: 'one', price: '12.50' },
        { id: '2', title: 'two', price: ' 3 ' },
        { id: '3', title: 'three', price: '1,299.00' },
        { id: '4', title: 'four', price: '1e3' },
      ]),
    ),
    check: ({ records }) => expect(prices(records)).toEqual({ 1: 12.5, 2: 3 }),
  },
  {
    fault: 'keys __proto__ and constructor',
    expected: 'exit 0, complete, 2 records, 1 request',
    upstream: answering(
      json(
        '[{"id":1,"title":"one","__proto__":{"price":9,"polluted":true},"constructor":{"prototype":{"polluted":true}}},' +
          '{"id":"__proto__","title":"two","category":"__proto__","price":4}]',
      ),
    ),
    check: ({ records, report }) => {
      expect(prices(records)).toEqual({ 1: null, ['__proto__']: 4 });
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      expect(Object.keys(report.metrics.category_distribution)).toContain('__proto__');
    },
  },
  {
    fault: 'ids missing, null or blank',
    expected: 'exit 0, complete, 1 record, 1 request, 3 missing_id',
    upstream: answering(
      json([{ title: 'a' }, { id: null, title: 'b' }, { id: ' ', title: 'c' }, { id: 0, title: 'd' }]),
    ),
  },
  {
    fault: 'ids that are lists, objects, truth values or too large',
    expected: 'exit 0, complete, 1 record, 1 request, 4 invalid_id',
    upstream: answering(
      json(
        '[{"id":[1],"title":"a"},{"id":{},"title":"b"},{"id":true,"title":"c"},' +
          '{"id":9007199254740993,"title":"d"},{"id":"9007199254740993","title":"e"}]',
      ),
    ),
  },
  {
    fault: 'ids that come twice, as number and as text',
    expected: 'exit 0, complete, 2 records, 1 request, 2 duplicates',
    upstream: answering(
      json([
        { id: 1, title: 'first' },
        { id: 1, title: 'again' },
        { id: '1', title: 'as text' },
        { id: 2, title: 'another' },
      ]),
    ),
    check: ({ records }) => expect(records).toContainEqual(expect.objectContaining({ id: 'faulty:1', title: 'first' })),
  },
  {
    fault: 'no title',
    expected: 'exit 0, complete, 1 record, 1 request, 2 missing_title',
    upstream: answering(json([{ id: 1 }, { id: 2, title: ' ' }, { id: 3, title: 'three' }])),
  },
  {
    fault: 'a record of 2 MB among others',
    expected: 'exit 0, complete, 1 record, 1 request, 1 record_too_large',
    upstream: answering(
      json([
        { id: 1, title: 'one', description: 'x'.repeat(2_000_000) },
        { id: 2, title: 'two' },
      ]),
    ),
  },
  {
    fault: 'an item nested 100,000 deep among others',
    expected: 'exit 0, complete, 1 record, 1 request, 1 nested_too_deep',
    upstream: answering(json(`[{"id":1,"title":"one","more":${nested}},{"id":2,"title":"two"}]`)),
  },
  {
    fault: 'a body that is nested 100,000 deep and nothing else',
    expected: 'exit 0, complete, 0 records, 1 request, 1 not_an_object',
    upstream: answering(json(nested)),
  },
  {
    fault: 'nested 100,000 deep beside the items',
    expected: 'exit 0, complete, 1 record, 1 request',
    source: counted,
    upstream: answering(json(`{"items":[{"id":1,"title":"one"}],"total":1,"links":${nested}}`)),
  },
  {
    fault: 'all records are bad',
    expected: 'exit 0, complete, 0 records, 1 request, 2 missing_title',
    upstream: answering(json([{ id: 1 }, { id: 2 }])),
  },
]);
