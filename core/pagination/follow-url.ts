import type { FetchedPage, PageRequest } from '../contracts/page.ts';
import { SluiceError } from '../errors.ts';
import { requestKey } from './page-request.ts';

/**
 * The request for a URL that a page pointed to, relative or absolute; always absolute, and otherwise as the
 * upstream wrote it. What was asked for by POST goes on with the same body. On the page's own origin the key leaves the
 * origin out, so that a link back to a page that was asked for by path has that page's key. Throws `unexpected_shape`
 * for what is no URL.
 */
export function followUrl(page: FetchedPage, target: string): PageRequest {
  if (!URL.canParse(target, page.url)) {
    throw new SluiceError('unexpected_shape', `${page.request.key} points to a next page by what is no URL`, {
      retryable: true,
    });
  }
  const url = new URL(target, page.url);
  url.hash = '';
  const { method = 'GET', body, headers } = page.request;
  const isOwnOrigin = url.origin === new URL(page.url).origin;
  return {
    key: requestKey(method, isOwnOrigin ? url.pathname + url.search : url.href, body),
    url: url.href,
    ...(method === 'POST' && { method }),
    ...(body !== undefined && { body }),
    ...(headers !== undefined && { headers }),
  };
}
