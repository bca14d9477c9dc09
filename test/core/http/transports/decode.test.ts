import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody, parseContentEncoding, type ContentCoding } from '../../../../core/http/transports/decode.ts';
import { failureOf } from '../../../support/http.ts';

const limit = 1_000_000;
const text = 'some text, some text, some text';
const encoders: Record<ContentCoding, (bytes: Uint8Array) => Uint8Array> = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
};
const owned = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

describe('parseContentEncoding', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['identity', []],
    ['GZIP', ['gzip']],
    ['x-gzip', ['gzip']],
    ['deflate, gzip,br', ['deflate', 'gzip', 'br']],
  ])('%j → %j', (header, encodings) => {
    expect(parseContentEncoding(header)).toEqual(encodings);
  });

  it.each(['zstd', 'gzip, compress', '__proto__', 'toString'])('does not know %j', (header) => {
    expect(() => parseContentEncoding(header)).toThrow(expect.objectContaining({ code: 'unsupported_encoding' }));
  });

  it('refuses a body that is encoded many times over', () => {
    expect(() => parseContentEncoding('gzip, gzip, gzip, gzip')).toThrow(/4 times/);
  });
});

describe('decodeBody', () => {
  it('undoes any chain of encodings, last applied first, into a buffer of its own', async () => {
    const chain = fc.array(fc.constantFrom<ContentCoding>('gzip', 'deflate', 'br'), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 5000 }), chain, async (bytes, encodings) => {
        const encoded = encodings.reduce((inner, coding) => encoders[coding](inner), bytes as Uint8Array);
        const decoded = await decodeBody(owned(encoded), encodings, limit);
        expect(Buffer.from(decoded).equals(bytes)).toBe(true);
        expect([decoded.byteOffset, decoded.buffer.byteLength]).toEqual([0, bytes.length]);
      }),
      { numRuns: 50 },
    );
  });

  it('takes "deflate" without the zlib wrapper, as some servers send it', async () => {
    const decoded = await decodeBody(owned(deflateRawSync(text)), ['deflate'], limit);
    expect(Buffer.from(decoded).toString()).toBe(text);
  });

  it('takes an empty body for empty, whatever encoding it is said to have', async () => {
    expect((await decodeBody(new Uint8Array(0), ['gzip'], limit)).byteLength).toBe(0);
  });

  it.each(['gzip', 'deflate', 'br'] as const)(
    'calls a %s stream that is cut a retryable network_error',
    async (coding) => {
      const encoded = encoders[coding](Buffer.from(text));
      const failure = await failureOf(decodeBody(owned(encoded.subarray(0, encoded.length - 8)), [coding], limit));
      expect(failure).toMatchObject({ code: 'network_error', retryable: true });
      expect(failure.message).toContain(`broken ${coding} body`);
    },
  );

  it('calls a body that is not what its header says a retryable network_error', async () => {
    const failure = await failureOf(decodeBody(owned(Buffer.from('{"plain":"json"}')), ['gzip'], limit));
    expect(failure).toMatchObject({ code: 'network_error', retryable: true });
  });

  it.each(['gzip', 'deflate', 'br'] as const)('stops a %s bomb at the limit', async (coding) => {
    const bomb = encoders[coding](Buffer.alloc(20_000_000));
    const failure = await failureOf(decodeBody(owned(bomb), [coding], 10_000));
    expect(failure).toMatchObject({ code: 'body_too_large', retryable: false });
  });

  it('stops a bomb within a bomb', async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(20_000_000)));
    expect((await failureOf(decodeBody(owned(bomb), ['gzip', 'gzip'], 100_000))).code).toBe('body_too_large');
  });
});
