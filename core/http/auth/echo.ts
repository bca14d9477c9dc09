import type { HttpResponse } from '../../contracts/http.ts';

/**
 * A response without texts that must not be kept: an upstream that repeats what it was asked with would put them into
 * records, keys and files. Each is replaced as it is; a response that holds none comes back unchanged.
 */
export function withoutEcho(response: HttpResponse, texts: ReadonlyMap<string, string>): HttpResponse {
  const clean = (text: string): string => {
    let result = text;
    for (const [found, replacement] of texts) result = result.replaceAll(found, replacement);
    return result;
  };
  const { body } = response;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const repeats = [...texts.keys()].some((text) => bytes.includes(text));
  return {
    ...response,
    url: clean(response.url),
    headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, clean(value)])),
    // Each byte as a character and back: what is no UTF-8 must not be changed by the way.
    ...(repeats && { body: Uint8Array.from(Buffer.from(clean(bytes.toString('latin1')), 'latin1')) }),
  };
}
