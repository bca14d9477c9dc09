import type { UnknownBody } from '../contracts/json.ts';
import type { FetchedPage } from '../contracts/page.ts';
import type { Pager } from '../contracts/pager.ts';

/** Reads something from a parsed body. An author may annotate the body with the shape that the API documents. */
export type BodyReader = { read(body: UnknownBody): unknown }['read'];

/** Where an API says something: in the body, or in the header of that name (in any case). */
export type ValueSource = BodyReader | { readonly header: string };

/** Where an API declares a count. */
export type CountSource = ValueSource;

/** A declared count as a whole number of at least 0, given as a number or as digits; undefined for anything else. */
export function parseTotal(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** A `CountSource` made ready: at most one of the two readers is there, and neither throws. */
export interface CountReader {
  readonly inBody?: (body: unknown) => number | undefined;
  readonly inHeaders?: (headers: FetchedPage['headers']) => number | undefined;
}

/** Makes a `CountSource` ready. */
export function countReader(source: CountSource | undefined): CountReader {
  if (source === undefined) return {};
  if (typeof source === 'function') return { inBody: (body) => readFromBody(source, body) };
  const name = source.header.toLowerCase();
  return { inHeaders: (headers) => parseTotal(headers[name]) };
}

/** What the page declares, if anything usable; the body is parsed only where the count is in the body. */
export function readCount(reader: CountReader, page: FetchedPage): number | undefined {
  return reader.inBody ? reader.inBody(page.json()) : reader.inHeaders?.(page.headers);
}

/** What a pager with these counts has to look at. */
export function countNeeds(...readers: readonly CountReader[]): Pager['needs'] {
  if (readers.some((reader) => reader.inBody)) return 'body';
  return readers.some((reader) => reader.inHeaders) ? 'headers' : 'items';
}

function readFromBody(read: BodyReader, body: unknown): number | undefined {
  try {
    return parseTotal(read(body as UnknownBody));
  } catch {
    // A body of another shape declares nothing; whether that shape is an error is the worker's verdict.
    return undefined;
  }
}
