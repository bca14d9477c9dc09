import { array, assert, integer, property } from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { amountOf, meanOf, percentOf } from '../../../../plugins/sinks/history/amount.ts';

describe('an amount', () => {
  it.each([
    ['0.3000000000', '0.30'],
    ['19.9900000000', '19.99'],
    ['80.49500000000', '80.495'],
    ['-0.0500000000', '-0.05'],
    ['0.0000001000', '0.0000001'],
    ['100.0000000000', '100.00'],
    ['99999999999999999999.9999999999', '99999999999999999999.9999999999'],
    ['0', '0.00'],
    ['-0.0000000000', '0.00'],
  ])('%s is %s', (text, shown) => {
    expect(amountOf(text)).toEqual({ text: shown, number: Number(shown) });
  });
});

describe('a mean', () => {
  it.each([
    // In binary, 0.1 + 0.2 is 0.30000000000000004.
    ['0.3000000000', 1, 1, '0.30'],
    ['0.3000000000', 2, 1, '0.15'],
    ['5.0000000000', 3, 0, '1.67'],
    ['-5.0000000000', 3, 0, '-1.67'],
    // Half a cent goes away from zero; 1.005 in binary is less than that.
    ['1.0050000000', 1, 2, '1.01'],
    ['-1.0050000000', 1, 2, '-1.01'],
    ['1.0050000000', 1, 3, '1.005'],
    ['1.0000000000', 3, 4, '0.3333'],
  ])('of %s over %i with %i digits is %s', (total, count, digits, shown) => {
    expect(meanOf(total, count, digits).text).toBe(shown);
  });
});

describe('a percentage', () => {
  it.each([
    ['0.0100000000', '0.0300000000', 33.33],
    ['-0.0100000000', '0.0300000000', -33.33],
    ['1.0000000000', '-4.0000000000', 25],
    // 12.345 % is half a hundredth.
    ['0.1234500000', '1.0000000000', 12.35],
    ['5.0000000000', '0.0000000000', null],
  ])('%s of %s is %s', (change, before, percent) => {
    expect(percentOf(change, before)).toBe(percent);
  });
});

test('amounts of cents lose nothing, however many are added up', () => {
  assert(
    property(array(integer({ min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 50 }), (cents) => {
      const total = cents.reduce((sum, each) => sum + BigInt(each), 0n);
      const size = String(total < 0n ? -total : total).padStart(3, '0');
      const text = `${total < 0n ? '-' : ''}${size.slice(0, -2)}.${size.slice(-2)}`;
      expect(amountOf(`${text}00000000`).text).toBe(text);
      expect(meanOf(`${text}00000000`, 1, 2).text).toBe(text);
    }),
  );
});
