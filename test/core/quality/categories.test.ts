import { describe, expect, test } from 'vitest';
import {
  countCategory,
  createHarmoniser,
  mergeCategories,
  noCategories,
  reportCategories,
} from '../../../core/quality/categories.ts';

const map = { field: 'category', names: { electronics: 'electronics', laptops: 'electronics' } };
const harmonise = createHarmoniser(map);

describe('createHarmoniser', () => {
  test.each<[came: unknown, written: unknown]>([
    ['laptops', 'electronics'],
    [' LAPTOPS\t', 'electronics'],
    ['Electronics', 'electronics'],
    ['toys', 'toys'],
    ['constructor', 'constructor'],
    [null, null],
    ['  ', '  '],
    [7, 7],
  ])('%j is written as %j', (came, written) => {
    expect(harmonise({ id: 1, category: came }).fields).toEqual({ id: 1, category: written });
  });

  test('says what came, and nothing where there is no category', () => {
    expect(harmonise({ category: 'Laptops' }).found).toEqual({ name: 'laptops', mapped: true });
    expect(harmonise({ category: ' Toys ' }).found).toEqual({ name: 'Toys', mapped: false });
    expect(harmonise({ category: null }).found).toBeUndefined();
  });
});

describe('counts of categories', () => {
  test('keep names outside of the mapping apart up to 200, and lose none', () => {
    const counts = noCategories();
    for (let index = 0; index < 500; index++) countCategory(counts, { name: `name ${index}`, mapped: false });
    const merged = noCategories();
    mergeCategories(merged, counts);
    mergeCategories(merged, counts, (text) => text.toUpperCase());
    expect(merged.unmapped.size).toBe(201);
    expect([...merged.unmapped.values()].reduce((sum, count) => sum + count)).toBe(1000);
  });

  test('are reported by what was written, the most frequent first', () => {
    const counts = noCategories();
    countCategory(counts, { name: 'laptops', mapped: true }, 2);
    countCategory(counts, { name: 'electronics', mapped: true }, 5);
    countCategory(counts, { name: '__proto__', mapped: false });
    countCategory(counts, { name: 'toys', mapped: false }, 3);
    const report = reportCategories(map, counts);
    expect(JSON.stringify(report)).toBe(
      '{"mapped":{"electronics":{"electronics":5,"laptops":2}},"unmapped":{"toys":3,"__proto__":1}}',
    );
  });
});
