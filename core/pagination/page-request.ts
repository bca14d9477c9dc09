import { createHash } from 'node:crypto';
import type { JsonObject } from '../contracts/json.ts';
import type { PageRequest } from '../contracts/page.ts';
import { SluiceError } from '../errors.ts';

type QueryValue = string | number | boolean;

/** Query parameters: a list repeats its name, null and undefined are left out. */
export type Query = Readonly<Record<string, QueryValue | readonly QueryValue[] | null | undefined>>;

/** What a page request is made of. */
export interface PageRequestOptions {
  /** Path relative to the source's base URL, or an absolute URL. May have a query of its own. */
  readonly path: string;
  /** Added to the path's own query; a name that stands in both is taken from here. Default: none. */
  readonly query?: Query;
  /** Default: POST where there is a body, else GET. */
  readonly method?: 'GET' | 'POST';
  /** Body of a POST, already serialised. Default: none. */
  readonly body?: string;
  /** Beside the source's own headers. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the pager wants to know again when the page comes back. Default: nothing. */
  readonly state?: JsonObject;
}

/**
 * Makes a request whose key depends on what is asked for alone: the same parameters in any order give the
 * same key, and state and headers are no part of it. Throws `plugin_invalid` for a GET with a body.
 */
export function pageRequest(options: PageRequestOptions): PageRequest {
  const { path, query, body, headers, state } = options;
  const method = options.method ?? (body === undefined ? 'GET' : 'POST');
  if (method === 'GET' && body !== undefined) {
    throw new SluiceError('plugin_invalid', `pageRequest: a GET of '${path}' cannot have a body; use POST`);
  }
  const url = canonicalUrl(path, query);
  return {
    key: keyOf(method, url, body),
    url,
    ...(method === 'GET' ? {} : { method }),
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
    ...(state === undefined ? {} : { state }),
  };
}

/** Names a request: `GET /products?limit=20&skip=0`, with a short hash of the body where there is one. */
export function requestKey(method: 'GET' | 'POST', url: string, body?: string): string {
  return keyOf(method, canonicalUrl(url), body);
}

function keyOf(method: 'GET' | 'POST', canonical: string, body: string | undefined): string {
  const name = `${method} ${canonical}`;
  return body === undefined ? name : `${name}#${createHash('sha256').update(body).digest('hex').slice(0, 16)}`;
}

/** The URL with its query sorted by name and encoded in one way, without a fragment. */
function canonicalUrl(url: string, query: Query = {}): string {
  const [, bare = '', ownQuery = ''] = /^([^?#]*)(?:\?([^#]*))?/.exec(url) ?? [];
  const params = new URLSearchParams(ownQuery);
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined) continue;
    params.delete(name);
    for (const each of [value].flat()) params.append(name, String(each));
  }
  params.sort();
  return params.size === 0 ? bare : `${bare}?${params.toString()}`;
}
