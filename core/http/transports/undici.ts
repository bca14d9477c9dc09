import type { Dispatcher } from 'undici';
import type { Handler, HttpRequest, HttpResponse, Transport, TransportOptions } from '../../contracts/http.ts';
import { SluiceError } from '../../errors.ts';
import { createLinkedList, type LinkedList, type ListEntry } from '../../linked-list.ts';
import { onCancel } from '../cancellable-request.ts';
import { createBodyCollector, type BodyCollector } from './body-collector.ts';
import { type Connections, createConnections } from './connections.ts';
import { acceptedEncodings, decodeBody, parseContentEncoding } from './decode.ts';
import { guardedLookup, type Resolver } from './guarded-lookup.ts';
import { transportError } from './transport-error.ts';

/**
 * The production transport: undici's connections to one origin, HTTP/1.1 with keep-alive, one request at a time on a
 * connection. Throws `cross_origin` for a URL elsewhere, else what `transportError` makes of a failure. Names are
 * looked up by `resolve` (default: the system), and refused where they come to lead inside; see `guardedLookup`.
 */
export function createUndiciTransport(options: TransportOptions, resolve?: Resolver): Transport {
  const { origin } = new URL(options.origin);
  let closedBy: SluiceError | undefined;
  /** Ends each of the exchanges that are under way. */
  const underWay = createLinkedList<(reason: unknown) => void>();
  const connections = createConnections(origin, options.connections, {
    pipelining: 1,
    // Time limits are the chain's business, and its clock's; undici's own would be a second opinion.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: options.maxHeaderBytes,
    connect: { timeout: options.connectMs, lookup: guardedLookup(resolve) },
  });

  const handle: Handler = async (request) => {
    if (request.url.origin !== origin) {
      throw transportError(new SluiceError('cross_origin', `this client only talks to ${origin}`), request);
    }
    try {
      if (closedBy !== undefined) throw closedBy;
      const { status, headers, body } = await exchange(connections, request, options.maxBodyBytes, underWay);
      const url = request.url.href;
      const coding = headers['content-encoding'];
      if (coding === undefined) return { status, headers, url, body, attempts: request.attempt };
      const encodings = parseContentEncoding(coding);
      return { status, headers, url, body: await decodeBody(body, encodings, options.maxBodyBytes) };
    } catch (thrown) {
      throw transportError(thrown, request);
    }
  };

  return {
    handle,
    async close() {
      closedBy ??= new SluiceError('aborted', 'the transport was closed');
      for (const { value: end } of underWay.entries()) end(closedBy);
      await connections.destroy(closedBy);
    },
  };
}

/** What waits for it runs when this turn's synchronous work is done; `queueMicrotask` would track each one at a cost. */
const written = Promise.resolve();

type RawResponse = Pick<HttpResponse, 'status' | 'headers' | 'body'>;

/** Puts one request on the wire and gathers the answer, still encoded. */
async function exchange(
  connections: Connections,
  request: HttpRequest,
  maxBodyBytes: number,
  underWay: LinkedList<(reason: unknown) => void>,
): Promise<RawResponse> {
  let stopListening: (() => void) | undefined;
  let entry: ListEntry<(reason: unknown) => void> | undefined;
  try {
    return await new Promise((resolve, reject) => {
      let controller: Dispatcher.DispatchController | undefined;
      let cancelled: Error | undefined;
      const end = (reason: unknown): void => {
        cancelled = reason instanceof Error ? reason : new SluiceError('aborted', String(reason));
        // Before `onRequestStart` there is nothing to destroy yet; the flag stops the request there.
        controller?.abort(cancelled);
        reject(reason);
      };
      entry = underWay.add(end);
      stopListening = onCancel(request, end);
      if (cancelled !== undefined) return;

      const { pathname, search } = request.url;
      connections.take((connection) => {
        if (cancelled !== undefined) return connections.free(connection);
        let status = 0;
        let headers: Readonly<Record<string, string>> = {};
        let body: BodyCollector;
        let isOurs = true;
        const free = (): void => {
          if (isOurs) connections.free(connection);
          isOurs = false;
        };
        connection.dispatch(
          {
            path: `${pathname}${search}`,
            method: request.method,
            headers: { 'accept-encoding': acceptedEncodings, ...request.headers },
            body: request.body ?? null,
          },
          // What a callback throws, undici turns into an abort of the socket and hands to `onResponseError`.
          {
            // Called by undici's `writeH1` (lib/dispatcher/client-h1.js) for a connected socket, right before it writes
            // the headers in the same turn. The microtask runs when they are written: a time taken before the write
            // could be long before it on a busy machine, and the rate limit counts from it.
            onRequestStart(started) {
              controller = started;
              if (cancelled === undefined) void written.then(() => request.onPhase?.('sent'));
              else started.abort(cancelled);
            },
            onResponseStart(_, statusCode, responseHeaders) {
              // 103 and its like come before the response proper.
              if (statusCode < 200) return;
              status = statusCode;
              headers = flatten(responseHeaders);
              request.onPhase?.('headers');
              body = createBodyCollector(hasBody(statusCode) ? headers['content-length'] : '0', maxBodyBytes);
            },
            onResponseData(_, piece) {
              body.add(piece);
              request.onPhase?.('data');
            },
            onResponseEnd() {
              const response = { status, headers, body: body.finish() };
              // Not before the end of the turn: an upstream that closes without a word may have done so along with its
              // answer, and a request on that connection would fail.
              setImmediate(free);
              resolve(response);
            },
            onResponseError(_, error) {
              setImmediate(free);
              reject(error);
            },
          },
        );
        return undefined;
      });
    });
  } finally {
    stopListening?.();
    if (entry !== undefined) underWay.remove(entry);
  }
}

/** Statuses that never come with a body, whatever their headers say of one (RFC 9110, 6.4.1). */
function hasBody(status: number): boolean {
  return status !== 204 && status !== 205 && status !== 304;
}

/** One text a name. Without a prototype: a header may be called `__proto__`. */
function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}
