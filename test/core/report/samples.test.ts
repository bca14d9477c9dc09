import { expect, test } from 'vitest';
import { createSamples } from '../../../core/report/samples.ts';

const clean = (text: string): string => text.replaceAll('hush', '***');

function pageOf(source: string, ...names: readonly string[]) {
  return { source, count: names.length, records: () => names.map((name) => ({ id: name, source })) as never };
}

test('the first three records of each source are kept, clean, wherever they were taken', () => {
  const samples = createSamples(clean);
  expect(samples.take(pageOf('a', 'hush', 'two'))).toEqual(['{"id":"***","source":"a"}', '{"id":"two","source":"a"}']);
  expect(samples.take(pageOf('a'))).toEqual([]);
  samples.add('b', ['{"id":1}']);
  samples.add('a', ['{"id":"three"}', '{"id":"four"}']);
  expect(samples.take(pageOf('a', 'five'))).toEqual([]);
  expect(samples.build()).toEqual({
    a: ['{"id":"***","source":"a"}', '{"id":"two","source":"a"}', '{"id":"three"}'],
    b: ['{"id":1}'],
  });
});

test('a page of which nothing is wanted is not read', () => {
  const samples = createSamples(clean);
  samples.add('a', ['1', '2', '3']);
  const page = { source: 'a', count: 1, records: () => expect.unreachable() };
  expect(samples.take(page)).toEqual([]);
});

test('some of a hundred sources at most are kept', () => {
  const samples = createSamples(clean);
  for (let source = 0; source < 120; source += 1) samples.add(`s${source}`, ['{}']);
  expect(Object.keys(samples.build())).toHaveLength(100);
  // Those that are known may still come to three.
  samples.add('s0', ['{}', '{}', '{}']);
  expect(samples.build()['s0']).toHaveLength(3);
});
