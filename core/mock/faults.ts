import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { MiddlewareHandler } from 'hono';
import type { MockEnvironment } from './arrivals.ts';

/** The ways in which an embedded upstream can fail. */
export const faultKinds = [
  'status-500',
  'status-503',
  /** With `Retry-After: 1`. */
  'status-429',
  /** The connection is reset before any header is sent. */
  'reset',
  /** The request is taken and never answered. */
  'stall',
  /** The connection ends half-way through the body that Content-Length promised. */
  'truncated-body',
] as const;

/** One of the ways to fail. */
export type FaultKind = (typeof faultKinds)[number];

/** Lets the given share of requests fail, each with one of `kinds`. A response without a body is never truncated. */
export function injectFaults(
  errorRate: number,
  kinds: readonly [FaultKind, ...FaultKind[]],
): MiddlewareHandler<MockEnvironment> {
  return async function fault(c, next) {
    const { dice } = c.var;
    if (dice.roll() >= errorRate) return next();
    switch (dice.pick(kinds)) {
      case 'status-500':
        return c.json({ message: 'Internal Server Error' }, 500);
      case 'status-503':
        return c.json({ message: 'Service Unavailable' }, 503);
      case 'status-429':
        return c.json({ message: 'Too Many Requests' }, 429, { 'retry-after': '1' });
      case 'reset':
        c.env.incoming.socket.resetAndDestroy();
        return RESPONSE_ALREADY_SENT;
      case 'stall':
        // Claiming to have answered is what leaves the client waiting.
        return RESPONSE_ALREADY_SENT;
      case 'truncated-body':
        await next();
        if (c.res.body !== null) {
          await sendHalf(c.res, c.env.outgoing);
          c.res = RESPONSE_ALREADY_SENT;
        }
        return undefined;
    }
  };
}

async function sendHalf(response: Response, outgoing: ServerResponse): Promise<void> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  // Only once the first half is out: a socket destroyed earlier would take the headers with it.
  outgoing.write(bytes.subarray(0, bytes.length >> 1), () => outgoing.destroy());
}
