import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reject } from '../../../core/contracts/batch.ts';
import type { RejectGroup } from '../../../core/contracts/journal.ts';
import { createErrorLog } from '../../../core/report/error-log.ts';
import { groupRejects, mergeRejectGroups, subtractRejectGroups } from '../../../core/state/reject-groups.ts';
import { eventTime as at, pageDelivered } from '../../support/run-events.ts';

const asItIs = (text: string): string => text;

function grouped(rejects: readonly Reject[], key = 'first'): RejectGroup[] {
  return groupRejects(rejects, { key, at }, asItIs);
}

const aReject = (message: string, field?: string, index = 0): Reject => ({
  reason: 'invalid_field',
  index,
  message,
  raw: '{}',
  ...(field !== undefined && { field }),
});

const anyReject = fc
  .record({
    reason: fc.constantFrom<Reject['reason']>('missing_title', 'invalid_field', 'normalizer_failed'),
    message: fc.constantFrom(
      'got "1"',
      'got "2"',
      'expected a number, got 5',
      'expected a number, got 17',
      'x is gone',
    ),
    field: fc.option(fc.constantFrom('price', 'images.0', 'images.12', 'a2', 'a3'), { nil: undefined }),
    index: fc.nat(30),
  })
  .map(({ reason, message, field, index }) => ({ ...aReject(message, field, index), reason }));

describe('groups of rejects', () => {
  it('are apart where messages are of different kinds, and one where only values differ', () => {
    const groups = grouped([
      aReject('expected a number, got "abc"', 'images.3'),
      aReject('expected a number, got "x"', 'images.17'),
      aReject('is too long', 'images.3'),
      aReject('expected a number, got "abc"', 'price2'),
    ]);
    expect(groups.map(({ count, field, last }) => [count, field, last.message])).toEqual([
      [2, 'images.3', 'expected a number, got "x"'],
      [1, 'images.3', 'is too long'],
      [1, 'price2', 'expected a number, got "abc"'],
    ]);
  });

  it('make the same entries of the report as the rejects themselves', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyReject, { maxLength: 5 }), { maxLength: 6 }), fc.nat(6), (pages, cut) => {
        const whole = createErrorLog(asItIs);
        for (const rejects of pages) whole.on(pageDelivered('a', { key: 'first', rejects }));

        const resumed = createErrorLog(asItIs);
        const kept = pages
          .slice(0, cut)
          .reduce<RejectGroup[]>((sum, page) => mergeRejectGroups(sum, grouped(page)), []);
        resumed.restoreRejects('a', JSON.parse(JSON.stringify(kept)) as RejectGroup[]);
        for (const rejects of pages.slice(cut)) resumed.on(pageDelivered('a', { key: 'first', rejects }));
        expect(resumed.build()).toEqual(whole.build());
      }),
    );
  });

  it('are what they were without those that are tried again', () => {
    fc.assert(
      fc.property(fc.array(anyReject), fc.array(anyReject), (stay, go) => {
        const left = subtractRejectGroups(grouped([...stay, ...go]), grouped(go));
        const counts = (groups: readonly RejectGroup[]): readonly number[] =>
          groups.map(({ count }) => count).toSorted((a, b) => a - b);
        expect(counts(left)).toEqual(counts(grouped(stay)));
      }),
    );
  });

  it('are bounded: what comes after 200 counts in the last, and is taken from it', () => {
    const word = (index: number): string => `no ${String.fromCharCode(97 + (index % 26), 97 + Math.floor(index / 26))}`;
    const rejects = Array.from({ length: 250 }, (_, index) => aReject(word(index)));
    const groups = grouped(rejects);
    expect(groups).toHaveLength(200);
    expect(groups.at(-1)).toMatchObject({ count: 51, first: { message: word(199) }, last: { message: word(249) } });
    expect(
      subtractRejectGroups(
        groups,
        [grouped(rejects.slice(230, 231))[0] ?? groups[0]].flatMap((g) => g ?? []),
      ).at(-1),
    ).toMatchObject({ count: 50 });
    expect(subtractRejectGroups(groups, groups)).toEqual([]);
  });
});
