import type { HttpResponse } from '../contracts/http.ts';
import type { FetchedPage, PageRequest } from '../contracts/page.ts';
import { SluiceError } from '../errors.ts';
import { type BodyFault, decodeBody } from '../processing/decode-body.ts';
import { readItems } from '../processing/read-items.ts';
import type { Resource } from '../processing/resource.ts';

/** A page as its pager sees it, before and after the worker has read it. */
export interface ReadablePage extends FetchedPage {
  /** Takes over the number of items that the worker counted. */
  counted(items: number): void;
  /** Lets go of the parsed body, which takes several times the room of its bytes: a pager that asks again parses again. */
  forget(): void;
}

/** Wraps a response; what a pager asks of the body is parsed here, on the main thread, and once. */
export function createFetchedPage(
  resource: Pick<Resource, 'items'>,
  request: PageRequest,
  response: HttpResponse,
): ReadablePage {
  const { status, headers, url, body } = response;
  let parsed: { readonly body: unknown } | undefined;
  let count: number | undefined;

  function json(): unknown {
    if (parsed === undefined) {
      const decoded = decodeBody(body, headers['content-type'] ?? '');
      if (!decoded.ok) throw errorOf(decoded);
      parsed = decoded;
    }
    return parsed.body;
  }

  function countItems(): number {
    const items = readItems(json(), resource);
    if ('ok' in items) throw errorOf(items);
    return items.length;
  }

  return {
    request,
    status,
    headers,
    url,
    json,
    itemCount: () => (count ??= countItems()),
    counted(items) {
      count = items;
    },
    forget() {
      parsed = undefined;
    },
  };
}

/** Another try may bring a better body. */
function errorOf({ code, message }: BodyFault): SluiceError {
  return new SluiceError(code, message, { retryable: true });
}
