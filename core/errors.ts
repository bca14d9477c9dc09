import { networkWords } from './network-words.ts';

/**
 * Every stable code that an error, a reject or an `errors[]` entry can carry. Codes are part of the
 * public contract: they are never renamed, and `docs/error-codes.md` lists each with its meaning.
 */
export type ErrorCode =
  // configuration and plugins, found before any request
  | 'config_not_found'
  | 'config_invalid'
  | 'env_missing'
  | 'plugin_not_found'
  | 'plugin_invalid'
  | 'plugin_not_reachable'
  | 'plugin_incompatible'
  // a run on several machines, before any request
  | 'worker_refused'
  // one request
  | 'timeout'
  | 'timeout_after_retries'
  | 'network_error'
  | 'rate_limited'
  | 'cost_refused'
  | 'auth_failed'
  | 'circuit_open'
  | `http_${number}`
  | 'response_refused'
  | 'redirect_refused'
  | 'address_refused'
  | 'headers_too_large'
  | 'body_too_large'
  | 'unsupported_encoding'
  // what a body turned out to be
  | 'unexpected_content_type'
  | 'malformed_json'
  | 'unexpected_shape'
  // one source
  | 'pagination_loop'
  | 'paging_ignored'
  | 'page_cap_reached'
  | 'cross_origin'
  | 'total_mismatch'
  | 'source_failed'
  // one record
  | 'invalid_record'
  // processing and sinks
  | 'worker_failed'
  | 'sink_failed'
  | 'reader_gone'
  // the state folder, and taking up a run again
  | 'state_locked'
  | 'state_failed'
  | 'journal_corrupt'
  | 'run_not_found'
  | 'run_not_resumable'
  // the history, and questions about it
  | 'history_missing'
  | 'query_failed'
  // what several machines share
  | 'library_missing'
  | 'redis_refused'
  | 'redis_unavailable'
  | 'redis_unfit'
  // recordings, and tests of plugins
  | 'recording_failed'
  | 'replay_miss'
  | 'conformance_failed'
  // the run
  | 'deadline_exceeded'
  | 'interrupted'
  | 'aborted'
  | 'internal_error';

/** What an error knows beside its code. All of it is safe to print: URLs are redacted by the thrower. */
export interface ErrorDetails {
  /** The failure underneath, kept whole. */
  readonly cause?: unknown;
  /** Whether asking again can help. Default false. */
  readonly retryable?: boolean | undefined;
  /** HTTP status, where a response came. */
  readonly status?: number | undefined;
  /** Redacted URL of the request. */
  readonly url?: string | undefined;
  /** Attempts used when the error became final. */
  readonly attempts?: number | undefined;
  /** The upstream's own wish, in milliseconds from now. */
  readonly retryAfterMs?: number | undefined;
}

/** The same in every copy of this package: a plugin may bring one of its own, or be loaded beside this one. */
const brand = Symbol.for('sluice.error');

/** The one error class of sluice: told apart by `code`, never by class. One of another copy of sluice is an instance too. */
export class SluiceError extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && Reflect.get(value, brand) === true;
  }

  override readonly name = 'SluiceError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly status: number | undefined;
  readonly url: string | undefined;
  readonly attempts: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryable = details.retryable ?? false;
    this.status = details.status;
    this.url = details.url;
    this.attempts = details.attempts;
    this.retryAfterMs = details.retryAfterMs;
  }

  get [brand](): true {
    return true;
  }

  /** The same failure with other details; what is not given stays. */
  with(change: ErrorDetails & { readonly code?: ErrorCode; readonly message?: string }): SluiceError {
    const { code, message, cause, retryable, status, url, attempts, retryAfterMs } = this;
    const kept = { cause, retryable, status, url, attempts, retryAfterMs };
    return new SluiceError(change.code ?? code, change.message ?? message, { ...kept, ...change });
  }
}

/** Node and undici codes of failures below HTTP: the request may never have reached the upstream. */
const networkCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EPROTO',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_ABORTED',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
]);

/**
 * Turns anything thrown into a `SluiceError`: the one place where foreign failures get a code.
 * A known error comes back as it is; what nobody expected becomes `internal_error`, never retryable.
 */
export function classify(thrown: unknown): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  const coded = codedOf(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (coded !== undefined && isNetworkCode(coded.code)) {
    const words = networkWords(coded) ?? (message || 'connection failed');
    return new SluiceError('network_error', `${coded.code}: ${words}`, { cause: thrown, retryable: true });
  }
  return new SluiceError('internal_error', message, { cause: thrown });
}

function isNetworkCode(code: string): boolean {
  return networkCodes.has(code) || code.startsWith('HPE_') || code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL');
}

/** An error, or the first of its causes, that has a `code` (fetch and AggregateError wrap theirs). */
function codedOf(thrown: unknown): (object & { readonly code: string }) | undefined {
  for (let depth = 0, error = thrown; depth < 5 && typeof error === 'object' && error !== null; depth++) {
    if (hasCode(error)) return error;
    const inner: unknown = 'cause' in error ? error.cause : undefined;
    error = inner ?? ('errors' in error && Array.isArray(error.errors) ? error.errors[0] : undefined);
  }
  return undefined;
}

function hasCode(error: object): error is object & { readonly code: string } {
  return 'code' in error && typeof error.code === 'string';
}
