import { SluiceError } from '../../errors.ts';

/** Gathers the pieces of one body in one buffer. */
export interface BodyCollector {
  /** Throws `body_too_large` where the piece does not fit any more. */
  add(piece: Uint8Array): void;
  /** All of it. Nobody else writes into its memory. */
  finish(): Uint8Array<ArrayBuffer>;
}

/** Size of the first buffer where the upstream did not say how long the body is, in bytes. */
const firstBytes = 16 * 1024;

/**
 * Starts to gather a body of at most `maxBytes`. A declared length is taken at its word and allocated once; without
 * one the buffer doubles as it fills. A body that comes in one piece stays where it is: most do, and it would be the
 * largest copy on its way. Throws `body_too_large` for a length that is declared over the limit.
 */
export function createBodyCollector(declaredLength: string | undefined, maxBytes: number): BodyCollector {
  const declared = declaredLength !== undefined && /^\d+$/.test(declaredLength) ? Number(declaredLength) : undefined;
  if (declared !== undefined && declared > maxBytes) throw tooLarge(maxBytes, `${declared} bytes are declared`);
  let buffer = nothing;
  let length = 0;
  return {
    add(piece) {
      const needed = length + piece.byteLength;
      if (needed > maxBytes) throw tooLarge(maxBytes, 'and there is more');
      if (length === 0 && needed === declared && isOwned(piece)) {
        // As plain bytes: what a Buffer calls a slice is no copy.
        buffer = new Uint8Array(piece.buffer, piece.byteOffset, needed);
      } else {
        if (needed > buffer.byteLength) {
          const room = buffer.byteLength === 0 ? (declared ?? firstBytes) : buffer.byteLength * 2;
          const larger = unfilled(Math.min(Math.max(needed, room), maxBytes));
          larger.set(buffer.subarray(0, length));
          buffer = larger;
        }
        buffer.set(piece, length);
      }
      length = needed;
    },
    finish: () => (length === buffer.byteLength ? buffer : buffer.slice(0, length)),
  };
}

const nothing = new Uint8Array(0);

/** A small piece of a large buffer would keep all of that in memory. */
function isOwned(piece: Uint8Array): piece is Uint8Array<ArrayBuffer> {
  return piece.buffer instanceof ArrayBuffer && piece.byteLength * 2 >= piece.buffer.byteLength;
}

/** Room whose bytes are written before anybody reads them. */
function unfilled(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer);
}

/** The error for a body, raw or decoded, that goes over the limit. Asking again would only bring it again. */
export function tooLarge(maxBytes: number, detail: string): SluiceError {
  return new SluiceError('body_too_large', `the body is over the limit of ${maxBytes} bytes: ${detail}`);
}
