import { z } from 'zod';

/** What a worker says in one turn at a shared limiter. Times are spans in milliseconds: each machine has a clock of its own. */
export interface LimiterCall {
  /** Of this call alone. A call that is sent again keeps it. */
  readonly id: string;
  readonly worker: string;
  /** What the worker knows of the server's memory; an empty epoch where it knows nothing that still matters. */
  readonly seenEpoch: string;
  readonly seenCount: number;
  readonly marginMs: number;
  /** Requests and length of each window. */
  readonly windows: readonly (readonly [requests: number, perMs: number])[];
  /** For how long a permit can be used. */
  readonly leaseMs: number;
  /** Permits that went on the wire: name, places, how long ago. */
  readonly sent: readonly (readonly [permit: string, places: number, ageMs: number])[];
  readonly released: readonly (readonly [permit: string, places: number])[];
  /** Places of each request that waits, first come first. */
  readonly wants: readonly number[];
  readonly pauseMs: number;
  /** How often to lower the limit. */
  readonly lower: number;
  /** What this worker learned of refusals in a row; undefined: nothing new. */
  readonly storm?: { readonly steps: number; readonly pauseMs: number; readonly lowerMs: number } | undefined;
}

const reply = z.object({
  epoch: z.string(),
  /** Places granted since the epoch began. */
  count: z.number(),
  /** How many of `wants` got a permit: the first ones. That of the nth is named `<call id>/<n>`. */
  granted: z.number(),
  /** When to ask for the others; -1 where there are none. */
  againMs: z.number(),
  pauseMs: z.number(),
  /** Places of each window now. */
  allowed: z.array(z.number()),
  steps: z.number(),
  stormMs: z.number(),
  lowerMs: z.number(),
});

/** What the server answers. */
export type LimiterReply = Readonly<z.infer<typeof reply>>;

/** Takes a turn at the limiter. Rejects with the signal's reason alone: while there is no server, it waits. */
export type LimiterExchange = (call: LimiterCall) => Promise<LimiterReply>;

/** Reads what the script returned. */
export function parseLimiterReply(text: unknown): LimiterReply {
  return reply.parse(JSON.parse(String(text)));
}
