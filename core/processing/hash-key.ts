import { randomBytes } from 'node:crypto';

/** A key for the hashes of a run: random, so that nobody can make ids that meet. */
export function createHashKey(): bigint {
  return randomBytes(8).readBigUInt64LE();
}
