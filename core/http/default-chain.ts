import type { ResolvedSource } from '../config/resolved.ts';
import type { Clock, Random } from '../contracts/clock.ts';
import type { EmitEvent } from '../contracts/events.ts';
import type { Middleware } from '../contracts/http.ts';
import type { PageCache } from '../contracts/page-cache.ts';
import type { CircuitBreaker, RetryBudget } from '../contracts/resilience.ts';
import { type StageClock, untimed } from '../contracts/stages.ts';
import type { Authenticator } from './auth/authenticator.ts';
import { authenticate } from './middleware/authenticate.ts';
import { circuitBreaker } from './middleware/circuit-breaker.ts';
import { concurrency } from './middleware/concurrency.ts';
import { conditional } from './middleware/conditional.ts';
import { observe } from './middleware/observe.ts';
import { rateLimit } from './middleware/rate-limit.ts';
import { redirect } from './middleware/redirect.ts';
import { responseActions } from './middleware/response-actions.ts';
import { retry } from './middleware/retry.ts';
import { secretQuery } from './middleware/secret-query.ts';
import { timeout } from './middleware/timeout.ts';
import { middlewareAt } from './user-middleware.ts';
import type { SourceLimits } from './source-limits.ts';

/** What a chain is made of. Its parts have state, so there is one chain for each source. */
export interface ChainParts {
  readonly source: ResolvedSource;
  readonly limits: Pick<SourceLimits, 'limiter' | 'storm'>;
  readonly breaker: CircuitBreaker;
  readonly budget: RetryBudget;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: EmitEvent;
  /** Counts where the source's requests are. Default: nobody does. */
  readonly stages?: StageClock | undefined;
  /** Default: requests prove nothing. */
  readonly authenticator?: Authenticator | undefined;
  /** Where answers are kept from run to run. Default: nowhere, and no request is conditional. */
  readonly cache?: PageCache | undefined;
}

/** `fetch` allows 20; an API that needs more than this within its own origin is going in circles. */
const maxHops = 3;

/** The way of a request, outermost first. The order is the design: each line says why it stands where it does. */
export function defaultChain(parts: ChainParts): readonly Middleware[] {
  const { source, limits, breaker, budget, clock, random, emit, stages = untimed, authenticator, cache } = parts;
  const { limiter, storm } = limits;
  const { name, timeouts, concurrency: slots } = source;
  const { middleware } = source;
  const onPause = (ms: number, reason: string): void => {
    stages.paused(ms);
    emit({ type: 'limiter-paused', source: name, ms, reason });
  };
  return [
    // The user's own of the place `run`: once for a page, however often it is tried.
    ...middlewareAt('run', middleware),
    // Outside all else: every attempt runs all that follows anew, and holds neither slot nor token while it backs off.
    retry({
      settings: source.retry,
      budget,
      clock,
      random,
      stages,
      onRetry: ({ error, attempt, ...notice }) =>
        emit({
          type: 'retry',
          source: name,
          ...notice,
          attempt: attempt + 1,
          error: error.code,
          message: error.message,
        }),
    }),
    // Within retry, for it counts attempts; outside the limits, so that an open breaker costs no slot and no token.
    circuitBreaker(breaker),
    // Within the breaker, which is to see a 500 as a failure; outside redirects, for it judges the final response.
    responseActions({
      rules: source.plugin.responseActions ?? [],
      limiter,
      clock,
      backoff: source.retry,
      random,
      storm,
      authenticated: authenticator !== undefined,
      onPause,
    }),
    // Of the place `attempt`: they see raw responses, and whatever else they ask for goes through the limits too.
    ...middlewareAt('attempt', middleware),
    // Within the user's own, for what they add decides about the answer; outside redirects, for a version is one URL's.
    ...(cache === undefined ? [] : [conditional(cache)]),
    // Outside the limits: the upstream sees a request in each hop, so each takes a slot and a token of its own.
    redirect({ maxHops }),
    // Inside redirects, for each hop has to prove who asks; outside the limits, for a token may have to be fetched first,
    // and that takes a slot and a token of the limiter of its own.
    ...(authenticator === undefined ? [] : [authenticate({ authenticator, origin: new URL(source.baseUrl).origin })]),
    // Of the place `hop`: every request on the wire as it will be sent, those for tokens too. Nothing of a user's stands
    // further in, where it could ask without a token, or hold one that it got.
    ...middlewareAt('hop', middleware),
    // Before the rate limit: who has a token must be able to use it at once. Nothing queues after the limiter.
    concurrency({ limit: slots, breaker, stages }),
    // As near to the wire as can be: one token for one request, counted from when its headers are out. Both lines look at
    // the breaker again for those who have waited: it may have opened, here or on another machine.
    rateLimit({
      limiter,
      breaker,
      clock,
      stages,
      onWait: (ms, key) => emit({ type: 'limiter-wait', source: name, key, ms }),
      // By an earlier run, of which the memory of the sends knows, or by another source that shares the limit.
      onPaused: (ms) => onPause(ms, 'the upstream asked for it earlier'),
    }),
    // After all waiting, so that the time told is the upstream's. This is the log: it tells of every request on the
    // wire, the lines above tell of theirs, and listeners turn the events into lines. Further out it would miss hops.
    observe({ source: name, clock, emit }),
    // Inside all waiting: waiting for a slot or a token does not eat up the attempt's time.
    timeout({ settings: timeouts, clock }),
    // Around the transport alone: whoever stands further out never sees a URL with a key in it.
    ...(authenticator === undefined ? [] : [secretQuery()]),
  ];
}
