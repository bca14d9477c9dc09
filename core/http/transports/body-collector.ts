import { SluiceError } from '../../errors.ts';

/** Gathers the pieces of one body in one buffer. */
export interface BodyCollector {
  /** Throws `body_too_large` where the piece does not fit any more. */
  add(piece: Uint8Array): void;
  /** All of it, in an `ArrayBuffer` of exactly its size, so that it can be transferred to a thread. */
  finish(): Uint8Array<ArrayBuffer>;
}

/** Size of the first buffer where the upstream did not say how long the body is, in bytes. */
const firstBytes = 16 * 1024;

/**
 * Starts to gather a body of at most `maxBytes`. A declared length is taken at its word and allocated once; without
 * one the buffer doubles as it fills. Throws `body_too_large` for a length that is declared over the limit.
 */
export function createBodyCollector(declaredLength: string | undefined, maxBytes: number): BodyCollector {
  const declared = declaredLength !== undefined && /^\d+$/.test(declaredLength) ? Number(declaredLength) : undefined;
  if (declared !== undefined && declared > maxBytes) throw tooLarge(maxBytes, `${declared} bytes are declared`);
  let buffer = new Uint8Array(declared ?? Math.min(firstBytes, maxBytes));
  let length = 0;
  return {
    add(piece) {
      const needed = length + piece.byteLength;
      if (needed > maxBytes) throw tooLarge(maxBytes, 'and there is more');
      if (needed > buffer.byteLength) {
        const larger = new Uint8Array(Math.min(Math.max(needed, buffer.byteLength * 2), maxBytes));
        larger.set(buffer.subarray(0, length));
        buffer = larger;
      }
      buffer.set(piece, length);
      length = needed;
    },
    finish: () => (length === buffer.byteLength ? buffer : buffer.slice(0, length)),
  };
}

/** The error for a body, raw or decoded, that goes over the limit. Asking again would only bring it again. */
export function tooLarge(maxBytes: number, detail: string): SluiceError {
  return new SluiceError('body_too_large', `the body is over the limit of ${maxBytes} bytes: ${detail}`);
}
