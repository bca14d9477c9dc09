import { describe, expect, test } from 'vitest';
import { assertDistributable, withoutEffect } from '../../../../../plugins/engines/bullmq/coordinator/refusals.ts';

const config = { sinks: [], quality: [], services: {} };
const refused = (change: object) => () => assertDistributable({ ...config, ...change } as never);

describe('assertDistributable', () => {
  test('lets pass what can be spread', () => {
    expect(
      refused({ sinks: [{ name: 'a', plugin: { distributed: 'direct' } }], quality: [{ name: 'q', check: 'range' }] }),
    ).not.toThrow();
  });

  test.each([
    [
      { sinks: [{ name: 'own', plugin: { name: 'own' } }] },
      'the sink "own" can\'t be written to from several machines',
    ],
    [{ quality: [{ name: 'no twins', check: 'unique' }] }, 'the quality rule "no twins" compares all records'],
    [{ quality: [{ name: 'matches', check: 'match' }] }, 'the quality rule "matches" compares all records'],
    [{ services: { processor: {} } }, 'services.processor is of this process alone'],
  ])('%j is told', (change, message) => {
    expect(refused(change)).toThrow(message);
  });

  test('tells all at once', () => {
    const change = { sinks: [{ name: 'own', plugin: {} }], quality: [{ name: 'q', check: 'unique' }] };
    expect(refused(change)).toThrow(/own[^]*"q"/);
  });
});

describe('withoutEffect', () => {
  test('names the conditional sources', () => {
    const sources = [
      { name: 'a', conditional: true },
      { name: 'b', conditional: false },
    ];
    expect(withoutEffect({ sources } as never)).toEqual([
      expect.stringMatching(/"conditional" has no effect, and all of a is/),
    ]);
    expect(withoutEffect({ sources: sources.slice(1) } as never)).toEqual([]);
  });
});
