import { describe, expect, it } from 'vitest';
import type { SourcePlugin } from '../../../core/contracts/source.ts';
import { readItems, readTotal } from '../../../core/processing/read-items.ts';
import { shop } from './page.ts';

const wrapped: SourcePlugin = { ...shop, items: (body) => body['products'] };

describe('readItems', () => {
  it('takes the body itself, or what items() finds in it', () => {
    expect(readItems([1], shop)).toEqual([1]);
    expect(readItems({ products: [1] }, wrapped)).toEqual([1]);
  });

  it.each([
    [null, shop, 'found null'],
    [{}, shop, 'found an empty object'],
    [{ error: 'x', code: 5 }, shop, 'found an object with keys error, code'],
    [Object.fromEntries('abcdefg'.split('').map((key) => [key, 1])), shop, 'keys a, b, c, d, e, …'],
    ['text', shop, 'found a string'],
    [{ message: 'no' }, wrapped, 'found nothing in an object with keys message'],
    [{ products: { 1: 'x' } }, wrapped, 'found an object with keys 1 in an object with keys products'],
    [null, wrapped, 'found null (items() failed'],
  ])('says what was found instead of a list in %j', (body, source, message) => {
    const found = readItems(body, source);
    expect(found).toMatchObject({ code: 'unexpected_shape' });
    expect('message' in found && found.message).toContain(message);
  });
});

describe('readTotal', () => {
  const declared = (total: unknown) =>
    readTotal({ total }, { ...shop, pagination: { ...shop.pagination, totalInBody: (body) => body['total'] } });

  it.each([
    [0, 0],
    [194, 194],
    ['194', 194],
    ['007', 7],
  ])('reads %j as %j', (total, expected) => {
    expect(declared(total)).toBe(expected);
  });

  it.each([undefined, null, -1, 1.5, '1.5', '-1', '1e3', '', NaN, Infinity, 2 ** 53, '9007199254740993', {}, true])(
    'reads nothing from %j',
    (total) => expect(declared(total)).toBeUndefined(),
  );

  it('reads nothing where the pager has no total, or fails to find it', () => {
    expect(readTotal({ total: 5 }, shop)).toBeUndefined();
    const failing: SourcePlugin = {
      ...shop,
      pagination: { ...shop.pagination, totalInBody: (body) => (body['meta'] as { total: number }).total },
    };
    expect(readTotal({}, failing)).toBeUndefined();
  });
});
