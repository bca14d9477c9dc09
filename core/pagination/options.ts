import { SluiceError } from '../errors.ts';
import type { Query } from './page-request.ts';

/** Options that every pager takes. */
export interface ListingOptions {
  /** Path of the listing, relative to the source's base URL. */
  readonly path: string;
  /** Sent beside what the pager itself sets. Default: none. */
  readonly query?: Query;
}

/*
 * Pagers check their options where they are defined, long before a request: each check throws
 * `plugin_invalid` with the pager, the option, and what was found.
 */

/** Checks the path, and that the parameters which the pager sets are named, distinct, and not in the query too. */
export function checkListing(pager: string, { path, query }: ListingOptions, ownParams: readonly string[] = []): void {
  demand(isText(path), pager, 'path', 'a text that is not empty', path);
  for (const [index, param] of ownParams.entries()) {
    demand(isText(param), pager, 'a parameter name', 'a text that is not empty', param);
    demand(ownParams.indexOf(param) === index, pager, 'each parameter name', 'used once', param);
    demand(!Object.hasOwn(query ?? {}, param), pager, 'query', 'without the parameters that the pager sets', param);
  }
}

/** Checks a page size. 0 is refused: many APIs answer it with everything they have. */
export function checkLimit(pager: string, limit: unknown): void {
  checkWhole(pager, 'limit', limit, 1);
}

/** Checks a whole number that has a lower bound. */
export function checkWhole(pager: string, option: string, value: unknown, least: number): void {
  const whole = typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
  demand(whole, pager, option, `a whole number of at least ${least}`, value);
}

/** Checks a function that reads from a parsed body. */
export function checkReader(pager: string, option: string, value: unknown): void {
  demand(typeof value === 'function', pager, option, 'a function of the parsed body', value);
}

/** Checks where a count is declared: nowhere, in the body, or in a header. */
export function checkCountSource(pager: string, option: string, value: unknown): void {
  const inHeader = typeof value === 'object' && value !== null && 'header' in value && isText(value.header);
  const usable = value === undefined || typeof value === 'function' || inHeader;
  demand(usable, pager, option, "a function of the parsed body, or { header: 'name' }", value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function demand(holds: boolean, pager: string, option: string, wanted: string, found: unknown): void {
  if (holds) return;
  const shown = typeof found === 'number' ? String(found) : (JSON.stringify(found) ?? typeof found);
  throw new SluiceError('plugin_invalid', `${pager}: ${option} must be ${wanted}, found ${shown}`);
}
