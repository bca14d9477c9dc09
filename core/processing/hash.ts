import xxhash from 'xxhash-wasm';

/**
 * 64-bit hashes under the random key of a run (xxHash64). Not cryptographic: it tells apart, it proves nothing. Among n
 * ids two meet by chance with a probability of about n²/2^65.
 */
export interface Hasher {
  readonly text: (text: string) => bigint;
  readonly bytes: (bytes: Uint8Array) => bigint;
}

/** Loads the hash function; `key` is a random 64-bit number, the same in all threads of a run. */
export async function createHasher(key: bigint): Promise<Hasher> {
  const api = await xxhash();
  return { text: (text) => api.h64(text, key), bytes: (bytes) => api.h64Raw(bytes, key) };
}
