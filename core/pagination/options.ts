import type { JsonObject } from '../contracts/json.ts';
import { SluiceError } from '../errors.ts';
import { isObject } from '../unknown.ts';
import { hasPlace, isTaken } from './listing-request.ts';
import type { Query } from './page-request.ts';

/** Options that every pager takes. */
export interface ListingOptions {
  /** Path of the listing, relative to the source's base URL. */
  readonly path: string;
  /** Sent beside what the pager itself sets. Default: none. */
  readonly query?: Query;
  /**
   * Makes each request a POST with this as its JSON body; what the pager itself sets goes into the body instead of the
   * query, where a parameter called `a.b` stands in the object `a`. Default: none, and requests are GETs.
   */
  readonly body?: JsonObject;
}

/*
 * Pagers check their options where they are defined, long before a request: each check throws
 * `plugin_invalid` with the pager, the option, and what was found.
 */

/**
 * Checks the path, and that the parameters which the pager sets are named, distinct, and not in the query or body too;
 * false stands for one that is not sent.
 */
export function checkListing(
  pager: string,
  options: ListingOptions,
  ownParams: readonly (string | false)[] = [],
): void {
  const { path, body } = options;
  demand(isText(path), pager, 'path', 'a text that is not empty', path);
  demand(body === undefined || isObject(body), pager, 'body', 'an object', body);
  const where = body === undefined ? 'query' : 'body';
  for (const [index, param] of ownParams.entries()) {
    if (param === false) continue;
    demand(isText(param), pager, 'a parameter name', 'a text that is not empty', param);
    demand(ownParams.indexOf(param) === index, pager, 'each parameter name', 'used once', param);
    demand(!isTaken(options, param), pager, where, 'without the parameters that the pager sets', param);
    demand(hasPlace(options, param), pager, 'body', 'one with an object to put each parameter into', param);
  }
}

/** Checks a page size. 0 is refused: many APIs answer it with everything they have. */
export function checkLimit(pager: string, limit: unknown): void {
  checkWhole(pager, 'limit', limit, 1);
}

/** A run gives a listing up at fifty empty pages in a row: those past the end must be fewer. */
const mostLookahead = 32;

/** Checks how many pages are asked for before it is known whether they are there. */
export function checkLookahead(pager: string, lookahead: unknown): void {
  checkWhole(pager, 'lookahead', lookahead, 0);
  demand(Number(lookahead) <= mostLookahead, pager, 'lookahead', `at most ${mostLookahead}`, lookahead);
}

/** Checks a whole number that has a lower bound. */
export function checkWhole(pager: string, option: string, value: unknown, least: number): void {
  const whole = typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
  demand(whole, pager, option, `a whole number of at least ${least}`, value);
}

/** Checks where an API says something: in the body, or in a header. */
export function checkValueSource(pager: string, option: string, value: unknown): void {
  const inHeader = typeof value === 'object' && value !== null && 'header' in value && isText(value.header);
  const usable = typeof value === 'function' || inHeader;
  demand(usable, pager, option, "a function of the parsed body, or { header: 'name' }", value);
}

/** Checks where a count is declared: nowhere, in the body, or in a header. */
export function checkCountSource(pager: string, option: string, value: unknown): void {
  if (value !== undefined) checkValueSource(pager, option, value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

/** Throws `plugin_invalid` where an option is not what it must be. */
export function demand(holds: boolean, pager: string, option: string, wanted: string, found: unknown): void {
  if (holds) return;
  const shown = typeof found === 'number' ? String(found) : (JSON.stringify(found) ?? typeof found);
  throw new SluiceError('plugin_invalid', `${pager}: ${option} must be ${wanted}, found ${shown}`);
}
