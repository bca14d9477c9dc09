import { nextUrlPagination, offsetPagination, type SourcePlugin } from '../../core/plugin.ts';
import { items, json, numberIn } from './answers.ts';

/** Follows the URL that each body names, in pages of two. */
export const nextUrl: Partial<SourcePlugin> = {
  pagination: nextUrlPagination({ path: '/items', limit: 2, next: (body) => body['next'] }),
  items: (body) => body['items'],
};

/** Asks by offset, in pages of two, as far as the total in the body says. */
export const counted: Partial<SourcePlugin> = {
  pagination: offsetPagination({ path: '/items', limit: 2, total: (body) => body['total'] }),
  items: (body) => body['items'],
};

/** Asks by offset, in pages of two, until one is short. */
export const uncounted: Partial<SourcePlugin> = {
  pagination: offsetPagination({ path: '/items', limit: 2 }),
  items: (body) => body['items'],
};

/** The answer of a well-behaved listing of `pages` pages of two items, for `nextUrl`. */
export function pageOfTwo(head: string, pages: number): string {
  const page = numberIn(head, 'page') || 1;
  const next = page < pages ? `/items?page=${page + 1}` : null;
  return json({ items: items(page * 2 - 1, page * 2), next });
}

/** The answer of a well-behaved listing of `total` items, for `counted`. */
export function slice(offset: number, total: number): string {
  return json({ items: items(offset + 1, Math.min(offset + 2, total)), total });
}
