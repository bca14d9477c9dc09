import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type { MiddlewareHandler } from 'hono';
import { accepts } from 'hono/accepts';
import type { MockApi } from '../contracts/mock.ts';

type Encoding = MockApi['encodings'][number];

/** Bodies up to this many bytes go out as they are, as with Express' compression. */
const threshold = 1024;

const gzip = promisify(zlib.gzip);
const deflate = promisify(zlib.deflate);
const brotli = promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliCompress);

const compressors: Readonly<Record<Encoding, (bytes: Buffer) => Promise<Buffer>>> = {
  gzip: (bytes) => gzip(bytes),
  deflate: (bytes) => deflate(bytes),
  // The default quality of 11 is made for files that are compressed once.
  br: (bytes) => brotli(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
};

/** Compresses as the client's Accept-Encoding and the API's own list allow. Hono's own knows no brotli. */
export function compression(encodings: readonly Encoding[]): MiddlewareHandler {
  return async function compress(c, next) {
    await next();
    if (encodings.length === 0) return;
    c.res.headers.append('vary', 'Accept-Encoding');
    const wanted = accepts(c, { header: 'Accept-Encoding', supports: [...encodings], default: 'identity' });
    const encoding = encodings.find((name) => name === wanted);
    if (encoding === undefined || Number(c.res.headers.get('content-length') ?? 0) <= threshold) return;
    const bytes = new Uint8Array(await compressors[encoding](Buffer.from(await c.res.arrayBuffer())));
    c.res = new Response(bytes, c.res);
    c.res.headers.set('content-encoding', encoding);
    c.res.headers.set('content-length', String(bytes.length));
  };
}
