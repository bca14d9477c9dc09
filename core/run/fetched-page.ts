import type { PageVerdict } from '../contracts/batch.ts';
import type { HttpResponse } from '../contracts/http.ts';
import type { FetchedPage, PageRequest } from '../contracts/page.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import { SluiceError } from '../errors.ts';

/** A page as its pager sees it, before and after the worker has read it. */
export interface ReadablePage extends FetchedPage {
  /** Takes over what the worker found, and the bytes that it hands back. */
  settle(verdict: PageVerdict): void;
}

export function createFetchedPage(plugin: SourcePlugin, request: PageRequest, response: HttpResponse): ReadablePage {
  let bytes: Uint8Array = response.body;
  let parsed: { readonly body: unknown } | undefined;
  let counted: number | undefined;

  function json(): unknown {
    parsed ??= { body: parseJson(bytes) };
    return parsed.body;
  }

  return {
    request,
    status: response.status,
    headers: response.headers,
    url: response.url,
    json,
    itemCount() {
      if (counted === undefined) {
        // The body is unknown data; the accessor is the plugin's own word on its shape.
        const items = plugin.items === undefined ? json() : plugin.items(json() as never);
        if (!Array.isArray(items))
          throw new SluiceError('unexpected_shape', 'the items are not a list', { retryable: true });
        counted = items.length;
      }
      return counted;
    },
    settle(verdict) {
      bytes = verdict.bytes;
      if (verdict.ok) counted = verdict.items;
    },
  };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new SluiceError('malformed_json', 'the body is not JSON', { cause, retryable: true });
  }
}
