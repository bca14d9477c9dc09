import type { JsonObject } from './json.ts';
import type { PageRequest } from './page.ts';

/** How far a source has been read: a time, or a number that only grows, as the upstream writes it. */
export type CursorValue = string | number;

/**
 * What the values of a cursor field are. Texts of `iso` are compared as times, whatever their offset; a `sequence` is
 * compared as numbers where both sides are numbers, else as texts.
 */
export type CursorKind = 'iso' | 'seconds' | 'milliseconds' | 'sequence';

/** How a source asks only for what has changed since its last complete run. */
export interface Incremental {
  /** Dotted path of the field in a raw item, or what reads it. Runs in the worker; what it throws is no value. */
  readonly field: string | ((item: JsonObject) => unknown);
  /**
   * Name of the query parameter that takes the cursor, or what puts it into a request. Every request of the listing
   * gets it, the first and those that follow. Pure.
   */
  readonly param: string | ((request: PageRequest, cursor: CursorValue) => PageRequest);
  /** Default `iso`. */
  readonly kind?: CursorKind;
  /**
   * Milliseconds that are taken off the cursor, against changes that show late and clocks that differ. What comes twice
   * is written again. Default 0. Not for a `sequence`.
   */
  readonly lagMs?: number;
  /** Cursor of the first run, and after `--full-refresh`. Default: none, everything is asked for. */
  readonly start?: CursorValue;
}
