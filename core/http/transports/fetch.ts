import type { HttpResponse, HttpRequest, Transport, TransportOptions } from '../../contracts/http.ts';
import { SluiceError } from '../../errors.ts';
import { onAbort } from '../../on-abort.ts';
import { createBodyCollector } from './body-collector.ts';
import { decodingError, parseContentEncoding } from './decode.ts';
import { transportError } from './transport-error.ts';

/**
 * The same contract over the global `fetch`, for places where that is what others intercept. It can neither see when
 * a request goes out nor bound its connections, so `sent` is told right before the call, and the rate limit holds
 * less strictly than with undici's pool. It also takes a compressed body that is cut for a whole one: only who parses
 * it finds out. It knows neither `maxHeaderBytes` (16 KiB is its own limit) nor a name that comes to lead inside.
 * Throws as the undici transport does.
 */
export function createFetchTransport(options: TransportOptions): Transport {
  const { origin } = new URL(options.origin);
  const closing = new AbortController();
  return {
    async handle(request) {
      const attempt = new AbortController();
      const stopListening = [request.signal, closing.signal].map((signal) =>
        onAbort(signal, () => attempt.abort(signal.reason)),
      );
      try {
        attempt.signal.throwIfAborted();
        if (request.url.origin !== origin) {
          throw new SluiceError('cross_origin', `this client only talks to ${origin}`);
        }
        return await exchange(request, attempt, options.maxBodyBytes);
      } catch (thrown) {
        throw transportError(fetchError(thrown), request);
      } finally {
        for (const stop of stopListening) stop();
      }
    },
    async close() {
      closing.abort(new SluiceError('aborted', 'the transport was closed'));
    },
  };
}

async function exchange(request: HttpRequest, attempt: AbortController, maxBytes: number): Promise<HttpResponse> {
  request.onPhase?.('sent');
  const response = await fetch(withoutUserinfo(request.url), {
    method: request.method,
    headers: request.headers,
    redirect: 'manual',
    signal: attempt.signal,
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  request.onPhase?.('headers');
  const headers = Object.create(null) as Record<string, string>;
  for (const [name, value] of response.headers) {
    // Only `set-cookie` comes more than once.
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  try {
    const encodings = parseContentEncoding(headers['content-encoding']);
    // `fetch` has decoded what arrives here; the declared length is that of the encoded body.
    const collector = createBodyCollector(encodings.length === 0 ? headers['content-length'] : undefined, maxBytes);
    const pieces: AsyncIterable<Uint8Array> | readonly Uint8Array[] = response.body ?? [];
    for await (const piece of pieces) {
      collector.add(piece);
      request.onPhase?.('data');
    }
    return { status: response.status, headers, url: request.url.href, body: collector.finish() };
  } catch (thrown) {
    // A body that is not read to its end would hold its connection.
    attempt.abort(thrown);
    throw thrown;
  }
}

/** `fetch` refuses a URL with credentials; they travel in a header. */
function withoutUserinfo(url: URL): URL {
  if (url.username === '' && url.password === '') return url;
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare;
}

/** `fetch` throws a bare `TypeError` for anything that went wrong below HTTP. */
function fetchError(thrown: unknown): unknown {
  if (!(thrown instanceof TypeError)) return thrown;
  const { cause } = thrown;
  if (!(cause instanceof Error)) {
    return new SluiceError('network_error', thrown.message, { cause: thrown, retryable: true });
  }
  const code = 'code' in cause ? String(cause.code) : '';
  return code.startsWith('Z_') || code.startsWith('ERR__ERROR_') ? decodingError(cause, 'compressed', 0) : thrown;
}
