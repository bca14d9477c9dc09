import type { PageRequest } from '../contracts/page.ts';
import { sliceLength } from './counted.ts';
import { requestKey } from './page-request.ts';

/** What a request carries that was made from links: the number of its page, of the first such one, and of the last. */
interface Numbers {
  readonly page: number;
  readonly start: number;
  readonly last: number;
}

/**
 * All pages from the one that `next` links to up to the `last` one, by slices; undefined where the two links differ in
 * more than a page number in the parameter `param`, or have none.
 */
export function numberedPages(next: PageRequest, last: PageRequest, param: string): readonly PageRequest[] | undefined {
  const start = numberIn(next.url, param);
  const end = numberIn(last.url, param);
  if (start === undefined || end === undefined || end <= start) return undefined;
  if (withNumber(next.url, param, 0) !== withNumber(last.url, param, 0)) return undefined;
  return slice(next.url, param, { page: start, start, last: end });
}

/** Whether a request is one of such pages, and not the last: all that follow it are known. */
export function isBeforeLast(request: PageRequest): boolean {
  const numbers = numbersOf(request);
  return numbers !== undefined && numbers.page < numbers.last;
}

/** Whether a request is one of such pages. */
export function isNumbered(request: PageRequest): boolean {
  return numbersOf(request) !== undefined;
}

/** The slice that is added when the first request of the one before it is taken. */
export function numberedAhead(request: PageRequest, param: string): readonly PageRequest[] {
  const numbers = numbersOf(request);
  if (numbers === undefined || (numbers.page - numbers.start) % sliceLength !== 0) return [];
  return slice(request.url, param, { ...numbers, page: numbers.page + sliceLength });
}

function slice(url: string, param: string, { page, start, last }: Numbers): readonly PageRequest[] {
  const length = Math.max(0, Math.min(sliceLength, last - page + 1));
  return Array.from({ length }, (_, index) => {
    const target = new URL(withNumber(url, param, page + index));
    const key = requestKey('GET', target.pathname + target.search);
    return { key, url: target.href, state: { page: page + index, start, last } };
  });
}

function numbersOf({ state }: PageRequest): Numbers | undefined {
  const { page, start, last } = state ?? {};
  if (typeof page !== 'number' || typeof start !== 'number' || typeof last !== 'number') return undefined;
  return { page, start, last };
}

function numberIn(url: string, param: string): number | undefined {
  const text = new URL(url).searchParams.get(param) ?? '';
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

function withNumber(url: string, param: string, page: number): string {
  const changed = new URL(url);
  changed.searchParams.set(param, String(page));
  changed.searchParams.sort();
  return changed.href;
}
