/**
 * A body in a file, byte for byte: JSON as JSON where printing it again gives the same bytes, so that people can read and
 * change it; else text where it is UTF-8; else base64.
 */
export type RecordedBody =
  /** `indent` is the number of spaces that it was printed with; default 0. */
  { readonly json: unknown; readonly indent?: number } | { readonly text: string } | { readonly base64: string };

/** A byte order mark is one of the bytes. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** How upstreams print JSON. */
const indents = [0, 2, 4] as const;

/** The text of a body; undefined where it is no UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Writes bytes in the most readable form that gives back each of them. */
export function encodeBody(bytes: Uint8Array): RecordedBody {
  const text = textOf(bytes);
  if (text === undefined) return { base64: Buffer.from(bytes).toString('base64') };
  try {
    const json: unknown = JSON.parse(text);
    const indent = indents.find((spaces) => JSON.stringify(json, null, spaces) === text);
    if (indent !== undefined) return indent === 0 ? { json } : { json, indent };
  } catch {
    // No JSON, or nested so deep that it can't be printed: it stays the text that it is.
  }
  return { text };
}

/** The bytes that a body stands for, in a buffer of their own. */
export function decodeBody(body: RecordedBody): Uint8Array<ArrayBuffer> {
  if ('base64' in body) return new Uint8Array(Buffer.from(body.base64, 'base64'));
  return encoder.encode('text' in body ? body.text : JSON.stringify(body.json, null, body.indent ?? 0));
}
