import { describe, expect, it } from 'vitest';
import { countNeeds, countReader, parseTotal, readCount } from '../../../core/pagination/total.ts';
import { pageOf } from './simulated-api.ts';

const request = { key: 'GET /p', url: '/p' };

describe('parseTotal', () => {
  it.each([
    [0, 0],
    [194, 194],
    ['100', 100],
    [' 7 ', 7],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ])('takes %j', (value, total) => {
    expect(parseTotal(value)).toBe(total);
  });

  it.each([
    [-1],
    [1.5],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [2 ** 53],
    ['9'.repeat(20)],
    ['-1'],
    ['1e3'],
    ['0x10'],
    ['1,000'],
    [''],
    [' '],
    [null],
    [undefined],
    [true],
    [[5]],
    [{ valueOf: () => 5 }],
  ])('finds %j unusable', (value) => {
    expect(parseTotal(value)).toBeUndefined();
  });
});

describe('countReader', () => {
  it('reads a header in whatever case it was named, without a parse', () => {
    const page = pageOf(request, { headers: { 'x-total-count': '100' } });
    expect(readCount(countReader({ header: 'X-Total-Count' }), page)).toBe(100);
    expect(page.parses).toBe(0);
  });

  it('reads a body', () => {
    const reader = countReader((body: { meta: { total: string } }) => body.meta.total);
    expect(readCount(reader, pageOf(request, { body: { meta: { total: '12' } } }))).toBe(12);
  });

  it.each([[null], [[]], ['text'], [{ meta: null }]])(
    'finds nothing, and does not throw, in a body like %j',
    (body) => {
      const reader = countReader((shape: { meta: { total: number } }) => shape.meta.total);
      expect(readCount(reader, pageOf(request, { body }))).toBeUndefined();
    },
  );

  it('finds nothing where nothing is declared', () => {
    const page = pageOf(request);
    expect(readCount(countReader(undefined), page)).toBeUndefined();
    expect(page.parses).toBe(0);
  });
});

describe('countNeeds', () => {
  const body = countReader((shape) => shape.total);
  const header = countReader({ header: 'x' });
  const none = countReader(undefined);

  it('is the most that any of the counts asks for', () => {
    expect(countNeeds(none)).toBe('items');
    expect(countNeeds(none, header)).toBe('headers');
    expect(countNeeds(header, body)).toBe('body');
  });
});
