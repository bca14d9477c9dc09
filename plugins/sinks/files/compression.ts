import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

/** How a file is compressed. */
export type Compression = 'gzip' | 'zstd';

/** What a compressed file's name ends with. */
export const suffixes: Readonly<Record<Compression, string>> = { gzip: '.gz', zstd: '.zst' };

/** Makes one whole member (gzip, RFC 1952) or frame (zstd, RFC 8878) of bytes, in a thread of the system's pool. */
export type Compress = (bytes: Uint8Array) => Promise<Uint8Array>;

type CallbackCompress = (bytes: Uint8Array, done: (error: Error | null, compressed: Uint8Array) => void) => void;

/** The function that compresses; undefined where this Node has none: zstd came with 22.15. */
export function findCompress(compression: Compression): Compress | undefined {
  // By name: the types are those of the oldest Node that this runs on.
  const found: unknown = Reflect.get(zlib, compression === 'gzip' ? 'gzip' : 'zstdCompress');
  return typeof found === 'function' ? promisify(found as CallbackCompress) : undefined;
}
