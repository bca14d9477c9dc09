import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIdSet } from '../../../core/run/id-set.ts';

function randomHashes(count: number): BigUint64Array {
  return new BigUint64Array(Uint8Array.from(randomBytes(count * 8)).buffer);
}

describe('createIdSet', () => {
  it('answers as a Set of bigints does', () => {
    const hash = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      // Few different ones, that meet in halves and at the ends of a shard.
      fc.constantFrom(0n, 1n, 2n ** 32n, 2n ** 32n - 1n, 2n ** 63n, 2n ** 64n - 1n, 0xffffffffn << 32n, 0xfffffffen),
    );
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 300 }), (hashes) => {
        const [ids, expected] = [createIdSet(), new Set<bigint>()];
        for (const id of hashes) {
          expect(ids.has(id)).toBe(expected.has(id));
          expect(ids.add(id)).toBe(!expected.has(id));
          expected.add(id);
          expect(ids.has(id)).toBe(true);
          expect(ids.size).toBe(expected.size);
        }
      }),
    );
  });

  it('takes several at once where all are new and none comes twice, and else none of them', () => {
    const hash = fc.oneof(
      // Neighbours in one shard, at the end of its table too, which push each other away from their places.
      fc.integer({ min: 0, max: 40 }).map((low) => BigInt(low)),
      fc.integer({ min: 2 ** 32 - 20, max: 2 ** 32 - 1 }).map((low) => BigInt(low)),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    );
    const pages = fc.array(fc.array(hash, { maxLength: 12 }), { maxLength: 40 });
    fc.assert(
      fc.property(pages, (lists) => {
        const [ids, expected] = [createIdSet(), new Set<bigint>()];
        for (const list of lists) {
          const isNew = new Set(list).size === list.length && list.every((one) => !expected.has(one));
          expect(ids.addNew(BigUint64Array.from(list))).toBe(isNew);
          if (isNew) for (const one of list) expected.add(one);
          expect(ids.size).toBe(expected.size);
          for (const one of expected) expect(ids.has(one)).toBe(true);
          for (const one of list) expect(ids.has(one)).toBe(expected.has(one));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('takes the hash zero once', () => {
    const ids = createIdSet();
    expect([ids.has(0n), ids.add(0n), ids.add(0n), ids.has(0n), ids.size]).toEqual([false, true, false, true, 1]);
  });

  it('keeps every hash of one shard through its growing', () => {
    const ids = createIdSet();
    // Same top bits, neighbouring lower halves: one long run of taken slots.
    const hashes = Array.from({ length: 5000 }, (_, index) => (7n << 32n) + BigInt(index));
    expect(hashes.filter((hash) => ids.add(hash))).toHaveLength(hashes.length);
    expect(hashes.filter((hash) => ids.add(hash))).toEqual([]);
    expect(ids.has((7n << 32n) + 5000n)).toBe(false);
  });

  it('takes at most 16 bytes for each of a million hashes, at any size on the way', () => {
    const ids = createIdSet();
    let added = 0;
    let most = 0;
    for (const hash of randomHashes(1_000_000)) {
      if (ids.add(hash)) added++;
      if (added > 10_000 && added % 1009 === 0) most = Math.max(most, ids.bytes / added);
    }
    expect(ids.size).toBe(added);
    expect(most).toBeGreaterThan(8);
    expect(most).toBeLessThanOrEqual(16);
  });

  it('costs nothing when empty, and no more for each of a few hashes than for each of many', () => {
    const ids = createIdSet();
    expect(ids.bytes).toBe(0);
    for (const hash of randomHashes(10)) ids.add(hash);
    expect(ids.bytes).toBeLessThan(160);
    for (const hash of randomHashes(290)) ids.add(hash);
    expect(ids.bytes).toBeLessThanOrEqual(300 * 16);
  });

  it('keeps what it has, the hash zero too, when it becomes a large set', () => {
    for (const withZero of [false, true]) {
      const ids = createIdSet();
      const hashes = [1n, 1n << 32n, 2n ** 64n - 1n, ...randomHashes(9_000), ...(withZero ? [0n] : [])];
      for (const [index, hash] of hashes.entries()) {
        expect(ids.add(hash)).toBe(true);
        expect(ids.size).toBe(index + 1);
      }
      expect(hashes.every((hash) => ids.has(hash) && !ids.add(hash))).toBe(true);
      expect(ids.has(0n)).toBe(withZero);
    }
  });
});
