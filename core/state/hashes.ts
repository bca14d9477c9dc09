/** 64-bit hashes as base64 of their bytes, little endian: 11 characters each instead of 20. */
export function writeHashes(hashes: readonly BigUint64Array[]): string {
  const parts = hashes.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength));
  return Buffer.concat(parts).toString('base64');
}

/** Reads what `writeHashes` wrote. */
export function readHashes(text: string): BigUint64Array {
  // Into a buffer of its own: a view needs its bytes aligned, and what Buffer makes stands anywhere in a pool.
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  return new BigUint64Array(bytes.buffer, 0, Math.floor(bytes.length / 8));
}
