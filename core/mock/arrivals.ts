import type { Socket } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import type { Dice } from '../dice.ts';

/** One request as the upstream saw it come in, its headers complete. */
export interface MockArrival {
  /** 1 for the first request of this upstream. */
  readonly ordinal: number;
  readonly method: string;
  readonly url: string;
  /** Wall-clock milliseconds since the epoch. */
  readonly at: number;
  /** Milliseconds of `performance.now()`: for measuring the time between arrivals. */
  readonly monotonicMs: number;
  /** By the same clock: it came after this, though a busy process may have handled it later. */
  readonly cameAfterMs: number;
}

/** What the middleware of an embedded upstream hand each other. */
export interface MockEnvironment {
  Bindings: HttpBindings;
  Variables: { arrivedAt: number; dice: Dice };
}

/** Notes and tells each arrival before anything can happen to it; `cameAfter` says since when it may have waited. */
export function arrivals(
  onRequest: (arrival: MockArrival) => void,
  cameAfter: (socket: Socket) => number,
): MiddlewareHandler<MockEnvironment> {
  let ordinal = 0;
  return async function arrive(c, next) {
    const at = Date.now();
    ordinal += 1;
    const monotonicMs = performance.now();
    const cameAfterMs = cameAfter(c.env.incoming.socket);
    onRequest({ ordinal, method: c.req.method, url: c.req.url, at, monotonicMs, cameAfterMs });
    c.set('arrivedAt', at);
    await next();
  };
}
