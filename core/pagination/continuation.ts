import type { JsonValue, UnknownBody } from '../contracts/json.ts';
import type { FetchedPage } from '../contracts/page.ts';
import { SluiceError } from '../errors.ts';
import type { BodyReader, ValueSource } from './total.ts';

/** What may lead on: a URL is a text, a cursor in a query a number too, and one in a JSON body anything but a boolean. */
export type ContinuationKind = 'text' | 'text or number' | 'any value';

/**
 * What a page says about how the listing goes on; undefined where it ends: null, undefined, false or ''. Throws
 * `unexpected_shape` for anything else that is not of the wanted kind, so that no wrong shape passes for an end.
 */
export function continuation(page: FetchedPage, source: ValueSource, kind: ContinuationKind): JsonValue | undefined {
  const value = typeof source === 'function' ? readBody(page, source) : page.headers[source.header.toLowerCase()];
  if (value === null || value === undefined || value === '' || value === false) return undefined;
  if (isUsable(value, kind)) return value;
  throw wrongShape(page, `by ${typeof value === 'object' ? 'an' : 'a'} ${typeof value}, not a ${kind}`);
}

function isUsable(value: unknown, kind: ContinuationKind): value is JsonValue {
  if (typeof value === 'string') return true;
  if (typeof value === 'number') return kind !== 'text' && Number.isFinite(value);
  // It comes out of a parsed body: what is an object there can stand in one.
  return typeof value === 'object' && kind === 'any value';
}

function readBody(page: FetchedPage, read: BodyReader): unknown {
  const body = page.json();
  try {
    return read(body as UnknownBody);
  } catch (cause) {
    if (cause instanceof SluiceError) throw cause;
    throw wrongShape(page, 'in a body of another shape', cause);
  }
}

function wrongShape(page: FetchedPage, how: string, cause?: unknown): SluiceError {
  return new SluiceError('unexpected_shape', `${page.request.key} says how to go on ${how}`, {
    cause,
    retryable: true,
  });
}
