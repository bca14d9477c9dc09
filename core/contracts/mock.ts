/** One request as an embedded upstream sees it. */
export interface MockRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** The whole URL as the client asked for it: the host is that of its Host header. */
  readonly url: string;
  /** Wall-clock milliseconds of the arrival. */
  readonly arrivedAt: number;
}

/** What an embedded upstream answers; the server adds ETag, compression, latency and faults. */
export interface MockResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is; anything else as JSON. */
  readonly body: unknown;
  /** Pretty-print the JSON body with this indent. Default 0. */
  readonly indent?: number;
  /** Wait this long before answering, in milliseconds, as the request asked for. Default 0. */
  readonly delayMs?: number;
}

/** How an instance of an embedded upstream is to behave. */
export interface MockSettings {
  /** Whether the API's own rate limit is in force. */
  readonly rateLimit: boolean;
}

/** An embedded upstream: the behaviour of one API over deterministic data. */
export interface MockApi {
  readonly name: string;
  /** How many items the main listing holds. */
  readonly items: number;
  /** Path of the main listing, for people. */
  readonly path: string;
  /** Which encodings the real one speaks. */
  readonly encodings: readonly ('gzip' | 'deflate' | 'br')[];
  /** A fresh instance with its own rate-limit state. */
  create(settings: MockSettings): (request: MockRequest) => MockResponse;
}
