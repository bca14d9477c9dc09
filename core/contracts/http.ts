/** Where an attempt stands, told by the transport as it happens. */
export type RequestPhase =
  /** The headers have just been written to a connected socket. */
  | 'sent'
  /** The response headers are in. */
  | 'headers'
  /** Some of the body is in. */
  | 'data';

/** One attempt at one page, on its way through the middleware chain. */
export interface HttpRequest {
  /** Key of the page, for logs and events. */
  readonly key: string;
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Put into the URL by the last step before the transport: credentials, of which nobody else is to make a text. */
  readonly secretQuery?: Readonly<Record<string, string>> | undefined;
  /** Places of each rate-limit window that it takes; default 1. */
  readonly cost?: number | undefined;
  /** 1 for the first; a request that was put back goes on counting. */
  readonly attempt: number;
  /** Aborting ends the work itself, not only the wait for it. */
  readonly signal: AbortSignal;
  /** Called by the transport; each middleware that listens calls the one before it. */
  readonly onPhase?: (phase: RequestPhase) => void;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The URL that answered. */
  readonly url: string;
  /** The decoded body. Its memory is nobody else's, and may hold other bytes around it. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Attempts used so far, this one included. Set by the retry middleware, where the transport has not. */
  readonly attempts?: number;
  /** The upstream has said that the page is what it was: the body is the one that was kept. */
  readonly unchanged?: true;
  /** A response rule has settled the page: it holds nothing to read, or nothing comes after it either. */
  readonly action?: 'ignore' | 'end-of-pages';
}

export type Handler = (request: HttpRequest) => Promise<HttpResponse>;

/** Wraps a handler; composed so that the first listed is the outermost. */
export type Middleware = (next: Handler) => Handler;

/** The outside world: a handler that can be shut down. */
export interface Transport {
  readonly handle: Handler;
  /** Ends idle and running connections. */
  close(): Promise<void>;
}

/** What a transport needs to know of its source. */
export interface TransportOptions {
  readonly origin: string;
  /** At least the source's concurrency, so that nothing queues after the limiter. */
  readonly connections: number;
  readonly connectMs: number;
  readonly maxHeaderBytes: number;
  readonly maxBodyBytes: number;
}

/** The DI token's type: one transport for each source. */
export type TransportFactory = (options: TransportOptions) => Transport;
