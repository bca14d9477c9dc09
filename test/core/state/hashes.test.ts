import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHashes, writeHashes } from '../../../core/state/hashes.ts';

const hashes = fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })).map((all) => BigUint64Array.from(all));

describe('hashes', () => {
  it('come back from their text in their order, several lists as one', () => {
    fc.assert(
      fc.property(fc.array(hashes), (lists) => {
        expect([...readHashes(writeHashes(lists))]).toEqual(lists.flatMap((list) => [...list]));
      }),
    );
  });

  it('are written from a part of a larger buffer too', () => {
    const part = BigUint64Array.from([1n, 2n, 3n]).subarray(1, 2);
    expect([...readHashes(writeHashes([part]))]).toEqual([2n]);
  });

  it('of nothing are an empty text', () => expect(writeHashes([])).toBe(''));
});
