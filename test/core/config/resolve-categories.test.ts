import { describe, expect, test } from 'vitest';
import { resolveConfig } from '../../../core/config/resolve.ts';

function resolve(categories: unknown, model: unknown = 'product') {
  return resolveConfig({ sources: ['dummyjson'], sinks: ['stdout'], workers: { threads: 0 }, categories, model });
}

describe('categories of a config', () => {
  test('become a look-up by name, for the field that the model groups by', async () => {
    expect((await resolve({ Electronics: [' Laptops', 'phones', 'electronics'] })).categories).toEqual({
      field: 'category',
      names: { electronics: 'Electronics', laptops: 'Electronics', phones: 'Electronics' },
    });
  });

  test.each<[categories: unknown, problem: RegExp]>([
    [{ a: ['x'], b: [' X'] }, /categories\.b\[0\]: "X" stands for "a" already/],
    [{ a: ['b'], b: [] }, /categories\.a\[0\]: "b" stands for "b" already|"b" stands for/],
    [{ a: [''] }, /categories\.a\[0\]/],
    [{ a: 'x' }, /categories\.a: found "x"/],
  ])('%j are refused', async (categories, problem) => {
    await expect(resolve(categories)).rejects.toThrow(problem);
  });

  test('need a model that has a field for them', async () => {
    const validate = (value: unknown) => ({ value: value as object });
    const model = { name: 'plain', schema: { '~standard': { version: 1, vendor: 'test', validate } } };
    await expect(resolve({ a: ['x'] }, model)).rejects.toThrow(/the model "plain" has no field for the category/);
  });
});
