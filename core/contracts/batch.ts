import type { CategoryCounts } from './categories.ts';
import type { ChildOf } from './child.ts';
import type { ErrorCode } from '../errors.ts';
import type { Ask } from './enricher.ts';
import type { PageMetrics } from './metrics.ts';
import type { UnifiedRecord } from './model.ts';
import type { CursorValue } from './incremental.ts';
import type { QualityCounts } from './quality.ts';

/** Why an item did not become a record. Stable, part of the public contract. */
export type RejectReason =
  | 'not_an_object'
  | 'invalid_raw'
  | 'missing_id'
  | 'invalid_id'
  | 'missing_title'
  | 'invalid_price'
  | 'invalid_field'
  | 'quality'
  | 'normalizer_failed'
  | 'enrichment_failed'
  | 'record_too_large'
  | 'nested_too_deep'
  | 'record_timeout'
  | 'record_crashed';

/** An item that did not become a record. */
export interface Reject {
  readonly reason: RejectReason;
  /** Index of the item within its page. */
  readonly index: number;
  /** Place among the records that the item was split into; only where there are several. */
  readonly part?: number;
  /** Dotted path of the field at fault, where one is. */
  readonly field?: string;
  readonly message: string;
  /** The rule of the config that rejected it, and the id that the record would have had. */
  readonly broken?: { readonly rule: string; readonly record: string };
  /** The raw item as JSON, cut at 64 KiB. */
  readonly raw: string;
  /** `raw` is not the whole item: it was cut, or can't be printed. */
  readonly truncated?: true;
}

/** The records of one page, as bytes: what a sink is given. */
export interface Batch<Fields extends object = Record<string, unknown>> {
  readonly source: string;
  readonly pageKey: string;
  readonly count: number;
  /** `count` lines of JSON, each ended by a newline. */
  readonly ndjson: Uint8Array<ArrayBuffer>;
  /** The records themselves, parsed on the first call. */
  records(): readonly UnifiedRecord<Fields>[];
}

/** A page handed to processing. Its bytes are read, never changed. */
export interface PageInput {
  readonly source: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  readonly processedAt: string;
  /**
   * Duplicates are to be left out: records whose id has one of these hashes, and those whose id comes a second time on
   * this page. Default: nothing is left out.
   */
  readonly known?: BigUint64Array<ArrayBuffer>;
  /** The bytes are a JSON list of raw items: neither the source's `items()` nor its total is asked. */
  readonly bare?: true;
  /** The dependent listing that the page belongs to. Default: the source's own. */
  readonly child?: ChildOf | undefined;
}

/** A page that could be read: what the worker made of it. */
export interface PageRead {
  readonly ok: true;
  /** Items the page held, whatever became of them. */
  readonly items: number;
  /** Records that came out of items beyond one each: `items + split = count + rejects + skipped + dropped`. */
  readonly split: number;
  /** What the body declares as the number of all items; undefined where nothing usable was said. */
  readonly total: number | undefined;
  /** Hash of the raw bytes: tells a page that came before. */
  readonly bytesHash: bigint;
  readonly count: number;
  readonly ndjson: Uint8Array<ArrayBuffer>;
  /** 64-bit keyed hash of each record's id, in the order of the lines. */
  readonly idHashes: BigUint64Array<ArrayBuffer>;
  /** The latest value of the source's cursor field, where it declares one. */
  readonly cursor?: CursorValue | undefined;
  readonly metrics: PageMetrics;
  readonly rejects: readonly Reject[];
  /** Dependent listings of the items that became records; left out where the source has none. */
  readonly parents?: readonly ChildOf[] | undefined;
  /** Records left out as duplicates. */
  readonly skipped: number;
  /** How many were dropped, by reason. */
  readonly drops: ReadonlyMap<string, number>;
  /** Rules on quality that its records broke; left out where none did. */
  readonly quality?: QualityCounts | undefined;
  /** Names of the categories of its records, as they came; left out where nothing is mapped. */
  readonly categories?: CategoryCounts | undefined;
  /**
   * Hashes that tell equal values, by name of the rule, in the order of the lines; 0 for none. Left out where nothing is to
   * be unique.
   */
  readonly keys?: ReadonlyMap<string, BigUint64Array> | undefined;
  /** Milliseconds of work in the thread. */
  readonly processingMs: number;
}

/** A page that could not be read at all. */
export interface PageUnreadable {
  readonly ok: false;
  readonly code: Extract<
    ErrorCode,
    'malformed_json' | 'unexpected_content_type' | 'unexpected_shape' | 'worker_failed'
  >;
  readonly message: string;
  readonly processingMs: number;
}

/** What processing made of a page; told apart by `ok`. */
export type PageVerdict = PageRead | PageUnreadable;

/** Turns pages into records: worker threads, or the main thread. */
export interface PageProcessor {
  /** Threads that work at once; 0 is the main thread. */
  readonly threads: number;
  /** Never rejects for what a page holds: that is data. `ask` is for the enrichers of the page's source. */
  process(page: PageInput, ask?: Ask): Promise<PageVerdict>;
  close(): Promise<void>;
}
