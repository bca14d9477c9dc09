import type { UnknownBody } from '../contracts/json.ts';
import type { FetchedPage } from '../contracts/page.ts';
import { SluiceError } from '../errors.ts';
import type { BodyReader } from './total.ts';

/**
 * What a body says about how the listing goes on; undefined where it ends: null, undefined or ''. Throws
 * `unexpected_shape` for anything else that is not of the wanted types, so that no wrong shape passes for an end.
 */
export function continuation(
  page: FetchedPage,
  read: BodyReader,
  kinds: readonly ('string' | 'number')[],
): string | number | undefined {
  const value = readBody(page, read);
  if (value === null || value === undefined || value === '') return undefined;
  const usable = typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
  if (usable && kinds.some((kind) => kind === typeof value)) return value;
  throw wrongShape(page, `by a ${typeof value}, not a ${kinds.join(' or ')}`);
}

function readBody(page: FetchedPage, read: BodyReader): unknown {
  const body = page.json();
  try {
    return read(body as UnknownBody);
  } catch (cause) {
    throw wrongShape(page, 'in a body of another shape', cause);
  }
}

function wrongShape(page: FetchedPage, how: string, cause?: unknown): SluiceError {
  return new SluiceError('unexpected_shape', `${page.request.key} says how to go on ${how}`, {
    cause,
    retryable: true,
  });
}
