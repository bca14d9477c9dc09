import type { NormalizeContext, Outcome } from './normalizer.ts';
import type { PageRequest } from './page.ts';

/** What an enricher asks its upstream for. */
export interface EnrichRequest {
  /** Path relative to the source's base URL, or an absolute URL of the same origin. */
  readonly path: string;
  /** Added to the path's own query. Default: none. */
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  /** Beside the source's own headers. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Body of a POST, already serialised. Default: none, and a GET. */
  readonly body?: string;
}

export interface EnrichResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, parsed on each call. Throws `malformed_json`. */
  json(): unknown;
}

export interface EnrichContext extends NormalizeContext {
  /** Aborted when the time of this record is over, or the run is stopped. */
  readonly signal: AbortSignal;
  /**
   * Asks the source's upstream through the source's own limits, retries and breaker. Rejects with a `SluiceError` such as
   * `http_404`. Its waiting does not count against `timeoutMs`: it has time limits of its own.
   */
  readonly request: (request: EnrichRequest) => Promise<EnrichResponse>;
}

/** A step that may wait; made by `defineEnricher`. Runs in a worker thread of its source's own. */
export interface Enricher<In = never, Out = unknown> {
  /** For messages. */
  readonly name: string;
  /** Records of one page that are enriched at once. Default 4. */
  readonly concurrency?: number;
  /** Milliseconds for one record, waiting for `context.request` aside. Default 10 000. */
  readonly timeoutMs?: number;
  /** A record that can't be enriched goes on as it came. Default: it is rejected, with `enrichment_failed`. */
  readonly optional?: boolean;
  enrich(record: In, context: EnrichContext): Promise<Outcome<Out>>;
}

/** An answer, as it crosses to a thread. */
export interface SideAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Asks a source's upstream for something beside its pages. Rejects with a `SluiceError`; `interrupted` where the source was stopped. */
export type Ask = (request: PageRequest, signal: AbortSignal) => Promise<SideAnswer>;
