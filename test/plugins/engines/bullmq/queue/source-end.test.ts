import { describe, expect, test } from 'vitest';
import { SluiceError } from '../../../../../core/errors.ts';
import type { SourceStanding } from '../../../../../plugins/engines/bullmq/ledger/ledger.ts';
import { knownPages, sourceEnd } from '../../../../../plugins/engines/bullmq/queue/source-end.ts';

const standing: SourceStanding = {
  signature: '',
  status: 'running',
  error: undefined,
  begun: true,
  added: 10,
  addedToOwn: 10,
  capped: false,
  last: undefined,
  waiting: 0,
  open: 0,
  inWork: 0,
  delivered: 10,
  skipped: 0,
  failed: 0,
  extrasEnded: false,
  totals: { items: 0, declared: undefined, emptyPages: 0 },
};

function end(
  change: Partial<SourceStanding>,
  totals: { readonly pages?: number; readonly incomplete?: SluiceError } = {},
  cut?: SluiceError,
) {
  const { pages, incomplete } = totals;
  return sourceEnd({ source: 'shop', standing: { ...standing, ...change }, totals: { pages, incomplete }, cut });
}

describe('the end of a source', () => {
  test('is complete where every page is there', () => {
    expect(end({})).toEqual({ outcomes: [], state: 'complete' });
  });

  test('is partial where a page is missing, and failed where all are', () => {
    expect(end({ delivered: 9, failed: 1 }).state).toBe('partial');
    expect(end({ delivered: 0, failed: 10 }).state).toBe('failed');
  });

  test('tells of the pages that were not asked for any more, and why', () => {
    const error = new SluiceError('cross_origin', 'elsewhere');
    const { outcomes, state } = end({ delivered: 4, failed: 1, waiting: 4, open: 1 }, { pages: 30 }, error);
    expect(outcomes).toEqual([{ kind: 'failed', source: 'shop', pages: 25, error }]);
    expect(state).toBe('partial');
  });

  test('counts one page for a total that is wrong', () => {
    const error = new SluiceError('total_mismatch', 'too many');
    expect(end({}, { pages: 1000 }, error).outcomes).toMatchObject([{ pages: 1 }]);
  });

  test('tells of a total that does not add up, unless pages are missing anyway', () => {
    const incomplete = new SluiceError('total_mismatch', 'one short');
    expect(end({}, { incomplete })).toEqual({
      outcomes: [{ kind: 'notice', source: 'shop', error: incomplete }],
      state: 'partial',
    });
    expect(end({ failed: 1 }, { incomplete }).outcomes).toEqual([]);
  });

  test('knows the pages that a total makes, and those that hang from items', () => {
    expect(knownPages({ added: 7, addedToOwn: 3 }, { pages: 5 })).toBe(9);
    expect(knownPages({ added: 7, addedToOwn: 3 }, { pages: undefined })).toBe(7);
  });
});
