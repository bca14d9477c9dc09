import { describe, expect, it } from 'vitest';
import product from '../../../plugins/models/product/index.ts';

function validate(fields: unknown) {
  const result = product.schema['~standard'].validate(fields);
  if (result instanceof Promise) throw new Error('the schema answered with a promise');
  return result;
}

const valueOf = (fields: unknown) => {
  const result = validate(fields);
  return result.issues === undefined ? result.value : undefined;
};

const pathOf = (fields: unknown) => validate(fields).issues?.[0]?.path?.[0];

describe('the product model', () => {
  it('makes null of every field that is left out, and adds nothing', () => {
    expect(valueOf({ title: 'x', unknown: 1 })).toEqual({
      title: 'x',
      price: null,
      currency: null,
      category: null,
      brand: null,
      rating: null,
      description: null,
      image: null,
      url: null,
    });
  });

  it.each([
    [12.5, 12.5],
    [0, 0],
    [-3, -3],
    ['12.50', 12.5],
    [' 7 ', 7],
    ['-0.5', -0.5],
    ['007', 7],
    [null, null],
    [undefined, null],
  ])('reads the price %j as %j', (price, expected) => {
    expect(valueOf({ title: 'x', price })?.price).toBe(expected);
  });

  it.each([
    '',
    '$5',
    '1,99',
    '1.',
    '.5',
    '1e3',
    '0x10',
    '+1',
    'NaN',
    '1 000',
    '9'.repeat(400),
    NaN,
    Infinity,
    1e15,
    -1e15,
    true,
    {},
    [5],
  ])('refuses the price %j', (price) => expect(pathOf({ title: 'x', price })).toBe('price'));

  it.each([
    [1e15, 'beyond 10^15, where amounts are not exact: 1000000000000000'],
    ['9'.repeat(20), `beyond 10^15, where amounts are not exact: "${'9'.repeat(20)}"`],
    ['1e3', 'not a plain decimal number: "1e3"'],
  ])('says what is wrong with the price %j', (price, message) => {
    expect(validate({ title: 'x', price }).issues).toEqual([{ message, path: ['price'] }]);
  });

  it('reads the rating by the same rules', () => {
    expect(valueOf({ title: 'x', rating: '4.5' })?.rating).toBe(4.5);
    expect(pathOf({ title: 'x', rating: 'five' })).toBe('rating');
  });

  it.each([undefined, null, '', ' \n', 5, {}])('refuses the title %j', (title) => {
    expect(pathOf({ title })).toBe('title');
  });

  it.each(['currency', 'category', 'brand', 'description', 'image', 'url'])(
    'takes text or null for %s, no other',
    (field) => {
      expect(valueOf({ title: 'x', [field]: 'y' })).toMatchObject({ [field]: 'y' });
      expect(valueOf({ title: 'x', [field]: null })).toMatchObject({ [field]: null });
      for (const wrong of [5, true, {}, ['y']]) expect(pathOf({ title: 'x', [field]: wrong })).toBe(field);
    },
  );

  it.each([null, undefined, 5, 'text'])('refuses %j', (fields) => {
    expect(validate(fields).issues).toHaveLength(1);
  });

  it('lists its fields in the order of its values', () => {
    expect(product.fields).toEqual(Object.keys(valueOf({ title: 'x' }) ?? {}));
  });
});
