import { once } from 'node:events';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { MockApi } from '../contracts/mock.ts';
import { createMockApp, type Latency } from './app.ts';
import type { MockArrival } from './arrivals.ts';
import { faultKinds, type FaultKind } from './faults.ts';
import { watchLooks } from './looks.ts';

/** How an embedded upstream is started. */
export interface MockOptions {
  /** TCP port on 127.0.0.1. Default 0: any free one. */
  readonly port?: number;
  /** Milliseconds before each answer: always as many, or between two bounds. Default 0. */
  readonly latencyMs?: Latency;
  /** Share of requests that fail, from 0 to 1. Default 0. */
  readonly errorRate?: number;
  /** Decides latencies and faults: the same for the same seed, URL and number of the attempt. Default 1. */
  readonly seed?: number;
  /** Kinds of failure to choose from. Default all. */
  readonly faults?: readonly [FaultKind, ...FaultKind[]];
  /** Whether the API's own rate limit is in force. Default true. */
  readonly rateLimit?: boolean;
  /** Called for each request as it comes in. Default: nothing. */
  readonly onRequest?: (arrival: MockArrival) => void;
}

/** An embedded upstream that listens. */
export interface MockUpstream {
  readonly name: string;
  /** Base URL, without a trailing slash. */
  readonly url: string;
  /** Requests that have come in so far. */
  readonly requests: number;
  /** Ends all connections, running ones too, and stops listening. */
  close(): Promise<void>;
}

/** Starts one embedded upstream on loopback. Rejects with Node's own error (EADDRINUSE, …) where the port can't be had. */
export async function startMockUpstream(api: MockApi, options: MockOptions = {}): Promise<MockUpstream> {
  const {
    port = 0,
    latencyMs = 0,
    errorRate = 0,
    seed = 1,
    faults = faultKinds,
    rateLimit = true,
    onRequest,
  } = options;
  let requests = 0;
  const server = createServer();
  // Only for whoever looks at the arrivals: it wakes the process every millisecond.
  const looks = onRequest === undefined ? undefined : watchLooks(server);
  const app = createMockApp(api, {
    latencyMs,
    errorRate,
    seed,
    faults,
    rateLimit,
    onRequest: (arrival) => {
      requests += 1;
      onRequest?.(arrival);
    },
    cameAfter: (socket) => looks?.cameAfter(socket) ?? -Infinity,
  });
  // Left to itself the adapter replaces the global Request and Response, and the client under test uses those too.
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  server.on('request', (incoming, outgoing) => void listener(incoming, outgoing));
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    looks?.stop();
    throw error;
  }
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;

  return {
    name: api.name,
    url: `http://127.0.0.1:${bound}`,
    get requests() {
      return requests;
    },
    async close() {
      looks?.stop();
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      // Stalled requests would otherwise keep the server open for ever.
      server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * Starts several embedded upstreams with the same options, on consecutive ports where `port` is given.
 * Where one can't be started, the others are closed again and its error is thrown.
 */
export async function startMockUpstreams(
  apis: readonly MockApi[],
  options: MockOptions = {},
): Promise<readonly MockUpstream[]> {
  const { port = 0 } = options;
  const started: MockUpstream[] = [];
  try {
    for (const [index, api] of apis.entries()) {
      started.push(await startMockUpstream(api, { ...options, port: port === 0 ? 0 : port + index }));
    }
    return started;
  } catch (error) {
    await Promise.all(started.map((upstream) => upstream.close()));
    throw error;
  }
}
