import { expect, test } from 'vitest';
import { matchKey } from '../../../core/quality/match-key.ts';

const fields = ['title', 'brand'];

test.each([
  [
    { title: 'iPhone 9 (Apple)', brand: 'Apple' },
    { title: ' iphone-9 apple', brand: 'APPLE' },
  ],
  [
    { title: 'Caf\u00e9', brand: null },
    { title: 'cafe\u0301', brand: '' },
  ],
  [{ title: '\uff21\uff22 \u2460' }, { title: 'ab 1', brand: '--' }],
])('%j is the same as %j', (a, b) => {
  expect(matchKey(a, fields)).toBe(matchKey(b, fields));
});

test.each([
  [
    { title: 'a b', brand: 'c' },
    { title: 'a', brand: 'b c' },
  ],
  [{ title: 'phone 9' }, { title: 'phone 10' }],
  [{ title: 'phone', brand: 'x' }, { title: 'phone' }],
  [{ title: 'résumé' }, { title: 'resume' }],
])('%j is not the same as %j', (a, b) => {
  expect(matchKey(a, fields)).not.toBe(matchKey(b, fields));
});

test('a record without letters and digits in the first field matches nothing', () => {
  for (const title of [null, undefined, '', ' - ', {}]) expect(matchKey({ title, brand: 'x' }, fields)).toBeUndefined();
});
