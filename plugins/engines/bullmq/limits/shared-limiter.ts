import {
  type Clock,
  costRefused,
  createWaitingLine,
  longestWindow,
  type Permit,
  type RateLimit,
  type RateLimiter,
  type Storm,
} from '../../../../core/engine.ts';
import type { LimiterCall, LimiterExchange } from './limiter-protocol.ts';
import { createSharedStorm } from './shared-storm.ts';

/** The limits to keep, and the way to where all workers keep them. */
export interface SharedLimiterOptions {
  readonly limits: readonly RateLimit[];
  /** Added to each window, in milliseconds: requests of two workers may travel for different times. */
  readonly marginMs: number;
  /** Milliseconds from a grant within which its request is on the wire, or never will be: the longest time to connect. */
  readonly sendMs: () => number;
  readonly clock: Clock;
  /** Of this worker's process alone. */
  readonly worker: string;
  readonly exchange: LimiterExchange;
}

/** A limiter that is shared with other processes. */
export interface SharedLimiter extends RateLimiter {
  /** What all of them know of refusals in a row. */
  readonly storm: Storm;
  /** Tells the others what is left to tell, and gives back what was not sent. */
  close(): Promise<void>;
}

/** How late an answer may come for its permits to be used, in milliseconds. */
const answerMs = 2000;
/** Requests that are asked for at once. */
const mostWants = 100;
/** Sends that are told of in one call. */
const mostSends = 1000;
/** Longest time until the others hear of a send, in milliseconds, and of a permit that was given back. */
const sentWithinMs = 500;
const releasedWithinMs = 20;
/** A send is told of once its turn is over: until then it may be moved. */
const settledMs = 1;

interface Send {
  readonly permit: string;
  readonly places: number;
  at: number;
  /** Whether the others have heard of it. */
  told: boolean;
}

/**
 * Builds a limiter whose windows are counted by a server for all workers, see `limiter-script.ts`. Requests wait in a line
 * of this process; one call at a time asks for as many as are in it, and the answer says when to ask again. Sends are told
 * of with the next question, by how long ago they were: that takes no call of its own, and makes no window longer.
 *
 * A send that is told of again (`Permit.sent`) after the others have heard of it counts as another one.
 */
export function createSharedLimiter(options: SharedLimiterOptions): SharedLimiter {
  const { limits, marginMs, sendMs, clock, worker, exchange } = options;
  const windows = limits.map(({ requests, perMs }) => [requests, perMs] as const);
  const longestMs = longestWindow(limits) + marginMs;
  const sentMs = Math.min(sentWithinMs, ...limits.map(({ perMs }) => perMs / 4));
  const mostPlaces = Math.min(...limits.map(({ requests }) => requests));
  const line = createWaitingLine<Permit>({
    onEmpty() {
      askAt = -Infinity;
    },
  });
  const shared = createSharedStorm(clock, () => plan(clock.now()));

  let sends: Send[] = [];
  let released: (readonly [string, number])[] = [];
  let pausedUntil = -Infinity;
  let pauseIsNews = false;
  let lowerings = 0;
  let allowed: readonly number[] = limits.map(({ requests }) => requests);
  let seen = { epoch: '', count: 0, at: -Infinity };
  let calls = 0;
  /** Before this, who waits is not asked for. */
  let askAt = -Infinity;
  let timer: { readonly at: number; readonly cancel: () => void } | undefined;
  /** The turn that is under way. One at a time: the next one takes along all that comes up meanwhile. */
  let turning: Promise<void> | undefined;
  let closed = false;

  /** Has a turn taken by `at`. */
  function plan(at: number): void {
    if (closed || turning !== undefined || (timer !== undefined && timer.at <= at)) return;
    timer?.cancel();
    const now = clock.now();
    if (at > now) {
      timer = { at, cancel: clock.timer(at - now, takeTurn) };
      return;
    }
    // At the end of this turn of the event loop, so that all who come in it are asked for by one call.
    let cancelled = false;
    void Promise.resolve().then(() => cancelled || takeTurn());
    timer = {
      at,
      cancel() {
        cancelled = true;
      },
    };
  }

  function takeTurn(): void {
    timer = undefined;
    if (turning !== undefined) return;
    turning = turn().finally(() => {
      turning = undefined;
      planNext();
    });
    // It fails where the way is closed; then nobody is waited for.
    turning.catch(() => undefined);
  }

  function planNext(): void {
    const now = clock.now();
    if (pauseIsNews || lowerings > 0 || shared.hasNews) plan(now);
    if (line.length > 0) plan(Math.max(now, askAt));
    if (released.length > 0) plan(now + releasedWithinMs);
    const [first] = sends;
    if (first !== undefined) plan(Math.max(now + settledMs, first.at + sentMs));
  }

  async function turn(): Promise<void> {
    const askedAt = clock.now();
    const wants = askAt <= askedAt ? line.costs(mostWants) : [];
    const call = makeCall(askedAt, wants);
    const reply = await exchange(call);
    const now = clock.now();
    seen = { epoch: reply.epoch, count: reply.count, at: now };
    pausedUntil = Math.max(pausedUntil, now + reply.pauseMs);
    if (lowerings === 0) allowed = reply.allowed;
    shared.learn(reply);
    // An answer that was long on its way may come when its permits count as sent already.
    const usable = now - askedAt <= answerMs && !closed;
    for (const [index, places] of wants.slice(0, reply.granted).entries()) {
      const name = `${call.id}/${index + 1}`;
      if (!usable || !line.serve(permit(name, places))) released.push([name, places]);
    }
    if (wants.length > 0) askAt = usable && reply.againMs > 0 ? now + reply.againMs : -Infinity;
  }

  function makeCall(now: number, wants: readonly number[]): LimiterCall {
    calls += 1;
    const leaseMs = answerMs + sendMs();
    const told: Send[] = [];
    const later: Send[] = [];
    for (const send of sends) {
      send.told = now - send.at >= settledMs && told.length < mostSends;
      (send.told ? told : later).push(send);
    }
    sends = later;
    const call: LimiterCall = {
      id: `${worker}:${calls.toString(36)}`,
      worker,
      // Older than all that a server could have forgotten: then a server without a memory is a new one.
      seenEpoch: now - seen.at < longestMs + leaseMs ? seen.epoch : '',
      seenCount: seen.count,
      marginMs,
      windows,
      leaseMs,
      sent: told.map(({ permit: name, places, at }) => [name, places, now - at]),
      released,
      wants,
      pauseMs: pauseIsNews ? Math.max(0, pausedUntil - now) : 0,
      lower: lowerings,
      storm: shared.news(),
    };
    released = [];
    pauseIsNews = false;
    lowerings = 0;
    return call;
  }

  function permit(name: string, places: number): Permit {
    let send: Send | undefined;
    let ended = false;
    return {
      sent() {
        if (ended) return;
        const now = clock.now();
        if (send?.told === false) {
          send.at = now;
          return;
        }
        send = { permit: name, places, at: now, told: false };
        sends.push(send);
        plan(now + sentMs);
      },
      release() {
        if (ended) return;
        ended = true;
        if (send !== undefined) return;
        released.push([name, places]);
        plan(clock.now() + releasedWithinMs);
      },
    };
  }

  return {
    storm: shared.storm,
    acquire(signal, standing) {
      const cost = standing?.cost ?? 1;
      if (!(cost <= mostPlaces)) return Promise.reject(costRefused(cost, limits));
      if (signal.aborted) return Promise.reject(signal.reason);
      const granted = line.join(signal, standing);
      plan(Math.max(clock.now(), askAt));
      return granted;
    },
    pause(ms) {
      const until = clock.now() + ms;
      // Written so that what is no number is no pause.
      if (!(ms > 0 && until > pausedUntil)) return;
      pausedUntil = until;
      pauseIsNews = true;
      plan(clock.now());
    },
    pausedFor: () => Math.max(0, pausedUntil - clock.now()),
    lower() {
      if (allowed.every((places) => places === 1)) return undefined;
      allowed = allowed.map((places) => Math.ceil(places / 2));
      lowerings += 1;
      plan(clock.now());
      return allowed;
    },
    async close() {
      await turning?.catch(() => undefined);
      closed = true;
      timer?.cancel();
      // Sends of this very moment are told of, too.
      await exchange(makeCall(clock.now() + settledMs, [])).catch(() => undefined);
    },
  };
}
