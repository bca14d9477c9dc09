import { describe, expect, it } from 'vitest';
import { nearest } from '../../../core/registry/nearest.ts';

describe('nearest', () => {
  it.each([
    ['dumyjson', 'dummyjson'],
    ['BASEURL', 'baseUrl'],
    ['stdot', 'stdout'],
    ['x', undefined],
    ['escuela', 'escuelajs'],
    ['something-else', undefined],
  ])('takes %s for %s', (word, meant) => {
    expect(nearest(word, ['dummyjson', 'escuelajs', 'baseUrl', 'stdout'])).toBe(meant);
  });

  it('prefers what is nearer, and knows nothing where there are no names', () => {
    expect(nearest('retri', ['retries', 'retry'])).toBe('retry');
    expect(nearest('a', [])).toBeUndefined();
  });
});
