import { isObject } from '../unknown.ts';
import { at, type BodyPath, type CountPlace } from './finding.ts';
import type { DiscoveredApi } from './discover.ts';

/** A page for the plugin's test, as it is written to disk. */
export interface TestPage {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a test has use of; cookies, dates and traces say nothing. */
const keptHeader = /^(?:content-type|link|.*(?:total|count|pages|ratelimit|rate-limit).*)$/;

/**
 * The pages that came, made into a whole listing: a test ends where they end. So totals say what is there, the last page
 * names no next one, and of a listing that only a short page ends the last item is left out.
 */
export function testPages(api: DiscoveredApi): readonly TestPage[] {
  const { paging, total, totalPages, items } = api;
  const pages = api.pages.map(({ body, headers }) => ({ body: structuredClone(body), headers: kept(headers) }));
  const last = pages.at(-1);
  const listAt = (page: TestPage | undefined): unknown[] => {
    const list = at(page?.body, items.value);
    return Array.isArray(list) ? list : [];
  };
  const { value: way } = paging;
  const counted = way.style === 'offset' || way.style === 'page';
  if (counted && total === undefined && totalPages === undefined && listAt(last).length === way.limit)
    listAt(last).pop();
  const length = pages.reduce((sum, page) => sum + listAt(page).length, 0);
  for (const page of pages) {
    if (total !== undefined) put(page, total.value, length);
    if (totalPages !== undefined) put(page, totalPages.value, pages.length);
  }
  if (last === undefined) return pages;
  if (way.style === 'cursor' || way.style === 'next-url') putAt(last.body, way.path, null);
  if (way.style === 'after-item') putAt(last.body, way.more, false);
  return pages.map((page) => (page === last || way.style !== 'link' ? withoutLink(page, page === last) : page));
}

/** Links lead to the API itself; those that the test follows are to lead to the pages that there are. */
function withoutLink(page: TestPage, isLast: boolean): TestPage {
  if (!isLast) return page;
  const { link: _, ...headers } = page.headers;
  return { ...page, headers };
}

function kept(headers: TestPage['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => keptHeader.test(name)));
}

function put(page: TestPage, place: CountPlace, value: number): void {
  if (place.in === 'body') putAt(page.body, place.path, value);
  else if (Object.hasOwn(page.headers, place.name)) Object.assign(page.headers, { [place.name]: String(value) });
}

function putAt(body: unknown, path: BodyPath, value: unknown): void {
  const holder = at(body, path.slice(0, -1));
  const name = path.at(-1);
  if (isObject(holder) && name !== undefined && Object.hasOwn(holder, name)) {
    Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
  }
}
