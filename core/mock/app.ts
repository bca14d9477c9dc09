import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { etag, RETAINED_304_HEADERS } from 'hono/etag';
import type { MockApi, MockRequest, MockResponse } from '../contracts/mock.ts';
import { arrivals, type MockArrival, type MockEnvironment } from './arrivals.ts';
import { chance } from './chance.ts';
import { compression } from './compression.ts';
import { injectFaults, type FaultKind } from './faults.ts';

/** Milliseconds: always as many, or between two bounds. */
export type Latency = number | readonly [min: number, max: number];

/** Everything that decides how an embedded upstream answers. */
export interface MockAppSettings {
  readonly latencyMs: Latency;
  readonly errorRate: number;
  readonly seed: number;
  readonly faults: readonly [FaultKind, ...FaultKind[]];
  readonly rateLimit: boolean;
  readonly onRequest: (arrival: MockArrival) => void;
  /** Milliseconds of `performance.now()` after which the request in hand came for certain. */
  readonly cameAfter: (socket: Socket) => number;
}

/** Headers that a 304 of Express keeps beside the usual: whoever revalidates still counts and pages. */
const retainedHeaders = [
  ...RETAINED_304_HEADERS,
  'link',
  'x-total-count',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
];

/** The web application around one API: what any server would add, and what can go wrong on the way. */
export function createMockApp(api: MockApi, settings: MockAppSettings): Hono<MockEnvironment> {
  const { latencyMs, errorRate, seed, faults, rateLimit, onRequest, cameAfter } = settings;
  const app = new Hono<MockEnvironment>();
  // Outermost, so that a request counts as arrived whatever becomes of it.
  app.use(arrivals(onRequest, cameAfter));
  // Only where something is left to chance: it remembers every URL.
  if (errorRate > 0 || typeof latencyMs !== 'number') app.use(chance(seed));
  // A failure takes as long as an answer.
  app.use(latency(latencyMs));
  // Outside compression: a truncated body is cut on the wire, not in the text.
  if (errorRate > 0) app.use(injectFaults(errorRate, faults));
  // Outside the ETag, which stands for the text however it is encoded.
  app.use(compression(api.encodings));
  app.use(etag({ weak: true, retainedHeaders }));
  app.all('*', answer(api.create({ rateLimit })));
  return app;
}

function latency(ms: Latency): MiddlewareHandler<MockEnvironment> {
  return async function delay(c, next) {
    await wait(typeof ms === 'number' ? ms : ms[0] + c.var.dice.roll() * (ms[1] - ms[0]));
    await next();
  };
}

function answer(respond: (request: MockRequest) => MockResponse) {
  return async (c: Context<MockEnvironment>): Promise<Response> => {
    const url = new URL(c.req.url);
    const { status, headers, body, indent, delayMs } = respond({
      method: c.req.method,
      path: url.pathname,
      query: url.searchParams,
      headers: c.req.header(),
      url: c.req.url,
      arrivedAt: c.var.arrivedAt,
    });
    await wait(delayMs ?? 0);
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body, null, indent));
    return new Response(bytes, {
      status,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(bytes.length),
        ...headers,
      },
    });
  };
}

async function wait(ms: number): Promise<void> {
  // A closed server must not hold the process for answers that nobody waits for.
  if (ms > 0) await sleep(ms, undefined, { ref: false });
}
