import type { Handler, HttpRequest, HttpResponse, Middleware } from '../contracts/http.ts';
import type { MiddlewarePlace, NamedMiddleware } from '../contracts/middleware.ts';
import { classify, SluiceError } from '../errors.ts';
import { onCancel } from './cancellable-request.ts';

/** Those of a list that stand at `place`, in their order, ready for the chain. */
export function middlewareAt(place: MiddlewarePlace, list: readonly NamedMiddleware[]): readonly Middleware[] {
  return list.filter((one) => (one.place ?? 'attempt') === place).map(guarded);
}

/** Keeps what goes wrong in a middleware to the page in hand, with the name of the middleware in the error. */
function guarded(middleware: NamedMiddleware): Middleware {
  return (next) => {
    const handle = wrapped(middleware, next);
    return async function userMiddleware(request) {
      let response: unknown;
      try {
        response = await untilCancelled(request, handle);
      } catch (thrown) {
        if (request.signal.aborted || thrown instanceof SluiceError) throw thrown;
        const error = classify(thrown);
        const message = `middleware "${middleware.name}": ${error.message}`;
        throw error.code === 'internal_error' ? error.with({ message }) : error;
      }
      if (isResponse(response)) return response;
      throw new SluiceError(
        'plugin_invalid',
        `middleware "${middleware.name}" gave no response: return what next gave`,
      );
    };
  };
}

/** Waits for a handler for no longer than the request is wanted: one that does not heed its signal must hold up no stop. */
async function untilCancelled(request: HttpRequest, handle: Handler): Promise<unknown> {
  let stopListening: (() => void) | undefined;
  const cancelled = new Promise<never>((_resolve, reject) => {
    stopListening = onCancel(request, reject);
  });
  try {
    return await Promise.race([handle(request), cancelled]);
  } finally {
    stopListening?.();
  }
}

function wrapped({ name, wrap }: NamedMiddleware, next: Handler): Handler {
  try {
    const handle: unknown = wrap(next);
    if (typeof handle === 'function') return handle as Handler;
    throw new Error('wrap must return a function of the request');
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const error = new SluiceError('plugin_invalid', `middleware "${name}": ${why}`, { cause: thrown });
    // Told by each page: the other sources go on.
    return () => Promise.reject(error);
  }
}

function isResponse(value: unknown): value is HttpResponse {
  if (typeof value !== 'object' || value === null) return false;
  const { status, headers, body } = value as Partial<HttpResponse>;
  return typeof status === 'number' && typeof headers === 'object' && body instanceof Uint8Array;
}
