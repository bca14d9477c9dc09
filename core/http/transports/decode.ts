import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { SluiceError } from '../../errors.ts';
import { cleanText } from '../../redact.ts';
import { tooLarge } from './body-collector.ts';

/** What a request may say that it takes. */
export const acceptedEncodings = 'gzip, deflate, br';

export type ContentCoding = 'gzip' | 'deflate' | 'br';

/** More codings than this on one body are an attack, not a service. */
const maxCodings = 3;

const codings: Readonly<Record<string, ContentCoding | 'identity'>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'br',
  identity: 'identity',
};

/**
 * Reads a `Content-Encoding` header: the codings in the order in which they were applied. Throws
 * `unsupported_encoding` for one that is not known.
 */
export function parseContentEncoding(header: string | undefined): readonly ContentCoding[] {
  const names = (header ?? '').split(',').map((name) => name.trim().toLowerCase());
  const known = names
    .filter((name) => name !== '')
    .map((name) => {
      const coding = Object.hasOwn(codings, name) ? codings[name] : undefined;
      if (coding === undefined) {
        throw new SluiceError(
          'unsupported_encoding',
          `the body is encoded as "${cleanText(name, 40)}", which is not known`,
        );
      }
      return coding;
    });
  const applied = known.filter((coding) => coding !== 'identity');
  if (applied.length > maxCodings) {
    throw new SluiceError('unsupported_encoding', `the body is encoded ${applied.length} times over`);
  }
  return applied;
}

const decoders = {
  gzip: promisify(gunzip),
  // "deflate" is zlib's format by the standard, and the bare stream on some servers: the first byte tells.
  deflate: async (body: Uint8Array, options: { maxOutputLength: number }) =>
    ((body[0] ?? 0) & 0x0f) === 0x08 ? promisify(inflate)(body, options) : promisify(inflateRaw)(body, options),
  br: promisify(brotliDecompress),
} as const;

/**
 * Undoes `encodings`, last applied first, off the main thread. The result owns its buffer. Throws `body_too_large`
 * where it grows over `maxBytes`, and a retryable `network_error` for a stream that is cut or broken.
 */
export async function decodeBody(
  body: Uint8Array<ArrayBuffer>,
  encodings: readonly ContentCoding[],
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (encodings.length === 0 || body.byteLength === 0) return body;
  let decoded: Uint8Array = body;
  for (const coding of encodings.toReversed()) {
    try {
      decoded = await decoders[coding](decoded, { maxOutputLength: maxBytes });
    } catch (thrown) {
      throw decodingError(thrown, coding, maxBytes);
    }
  }
  return owned(decoded);
}

/** What zlib throws, as an error with a code. */
export function decodingError(thrown: unknown, coding: string, maxBytes: number): SluiceError {
  if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_BUFFER_TOO_LARGE') {
    return tooLarge(maxBytes, 'it grew over it on decoding');
  }
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new SluiceError('network_error', `broken ${coding} body: ${reason}`, { cause: thrown, retryable: true });
}

/** zlib answers with a part of a larger buffer at times, and that cannot be transferred alone. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  return buffer instanceof ArrayBuffer && byteOffset === 0 && buffer.byteLength === byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(bytes);
}
