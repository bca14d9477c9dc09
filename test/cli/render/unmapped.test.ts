import { expect, test } from 'vitest';
import { unmappedLines } from '../../../cli/render/unmapped.ts';
import type { RunReport } from '../../../core/index.ts';

function lines(unmapped: Record<string, number>): readonly string[] {
  return unmappedLines({ monitoring: { categories: { mapped: {}, unmapped } } } as unknown as RunReport, 40);
}

test('names outside of the mapping are shown with their counts, twelve of them, within the width', () => {
  expect(lines({})).toEqual([]);
  expect(lines({ toys: 1200, 'a\u001b[31m': 1 })).toEqual(['1,200 toys, 1 a']);
  const many = lines(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`name ${index}`, 1])));
  expect(many.join(' ').replaceAll(/ +/g, ' ')).toMatch(/1 name 11, 8 more names$/);
  expect(many.every((line) => line.length <= 40)).toBe(true);
});
