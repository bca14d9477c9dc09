import { Buffer, isAscii } from 'node:buffer';
import type { PageUnreadable } from '../contracts/batch.ts';
import { cleanText } from '../redact.ts';
import { messageOf } from './message-of.ts';

/** Why a body could not be read. */
export interface BodyFault {
  readonly ok: false;
  readonly code: PageUnreadable['code'];
  readonly message: string;
}

/** A body, parsed, or why it could not be; told apart by `ok`. */
export type DecodedBody = { readonly ok: true; readonly body: unknown } | BodyFault;

/** Drops a byte order mark; throws on bytes that are no UTF-8 rather than put marks in their place. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses the bytes of a page. The declared content type counts only where it says HTML: upstreams send JSON
 * under many a name, and HTML under the name of JSON.
 */
export function decodeBody(bytes: Uint8Array<ArrayBuffer>, contentType: string): DecodedBody {
  const html = /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(contentType);
  if (html) return fault('unexpected_content_type', `the upstream sent ${describeType(contentType)}, not JSON`);
  let text: string;
  try {
    text = decodeText(bytes);
  } catch {
    return fault('malformed_json', 'the body is not valid UTF-8');
  }
  try {
    return { ok: true, body: JSON.parse(text) };
  } catch (error) {
    const start = text.slice(0, 1024).trimStart();
    if (start.startsWith('<'))
      return fault('unexpected_content_type', `the body is markup, not JSON (${describeType(contentType)})`);
    if (start === '' && text.trim() === '') return fault('malformed_json', 'the body is empty');
    return fault('malformed_json', messageOf(error));
  }
}

/** ASCII, as most bodies are, is the same text in Latin-1, and takes half the time. Throws on bytes that are no UTF-8. */
function decodeText(bytes: Uint8Array<ArrayBuffer>): string {
  if (!isAscii(bytes)) return utf8.decode(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function fault(code: BodyFault['code'], message: string): BodyFault {
  return { ok: false, code, message };
}

function describeType(contentType: string): string {
  return contentType.trim() === '' ? 'no content type' : cleanText(contentType, 100);
}
