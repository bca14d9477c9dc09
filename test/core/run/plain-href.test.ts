import { assert, constantFrom, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import { createPlainHref } from '../../../core/run/plain-href.ts';
import { resolveUrl } from '../../../core/run/worklist.ts';

const bases = [
  'https://shop.example',
  'https://shop.example/',
  'http://127.0.0.1:8080/api/v1/',
  'https://Shop.Example',
  'https://shop.example:443',
];

it('gives the URL of usual paths without parsing', () => {
  const hrefOf = createPlainHref('https://shop.example/api/');
  expect(hrefOf('/products?limit=20&skip=40')).toBe('https://shop.example/api/products?limit=20&skip=40');
  expect(hrefOf('/v1.2/items,3;a=b/x?sort=+price')).toBe('https://shop.example/api/v1.2/items,3;a=b/x?sort=+price');
});

it.each([
  '//elsewhere.example/',
  'https://shop.example/x',
  '/a/../b',
  '/./a',
  '/a/%2e%2e/b',
  '/a b',
  "/a?b='c'",
  '/ä',
  '/a\\b',
  '/a#b',
  'a',
])('leaves %j to the parser', (path) => expect(createPlainHref('https://shop.example')(path)).toBeUndefined());

it('says what the parser says, wherever it says anything', () => {
  const text = string({ unit: constantFrom(...Array.from('/.?#&=+:;,%2eA-~_\\ \t@[]é')), maxLength: 14 });
  let found = 0;
  assert(
    property(constantFrom(...bases), text, (base, rest) => {
      const path = `/${rest}`;
      const href = createPlainHref(base)(path);
      if (href === undefined) return true;
      found += 1;
      return href === resolveUrl(base, path).href;
    }),
    { numRuns: 5_000 },
  );
  expect(found).toBeGreaterThan(100);
});
