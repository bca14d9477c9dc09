import { unescape } from 'node:querystring';
import type { ResolvedSource } from '../config/resolved.ts';
import type { Clock, Random } from '../contracts/clock.ts';
import type { SourceClient } from '../contracts/engine.ts';
import type { EmitEvent } from '../contracts/events.ts';
import type { TransportFactory } from '../contracts/http.ts';
import type { PageCache } from '../contracts/page-cache.ts';
import type { CircuitBreaker, RetryBudget } from '../contracts/resilience.ts';
import type { StageClock } from '../contracts/stages.ts';
import { lowerCased } from '../lower-cased.ts';
import { version } from '../version.ts';
import type { Authenticator } from './auth/authenticator.ts';
import { openTransport, tokenOriginOf } from './auth/token-transport.ts';
import { compose } from './compose.ts';
import { defaultChain } from './default-chain.ts';
import { type CircuitBreakerOptions, createCircuitBreaker } from './resilience/circuit-breaker.ts';
import { createRetryBudget, retryBudgetSettings } from './resilience/retry-budget.ts';
import { createSourceLimits, type SourceLimits } from './source-limits.ts';

/** Which upstream, and what its client is made with. */
export interface SourceClientOptions {
  readonly source: ResolvedSource;
  readonly transportFactory: TransportFactory;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: EmitEvent;
  /** Counts where this source's requests are. Default: nobody does. */
  readonly stages?: StageClock | undefined;
  /** What its requests prove themselves by. Default: nothing. */
  readonly authenticator?: Authenticator | undefined;
  /** What holds its requests back; closed with the client. Default: limits of its own, remembered nowhere. */
  readonly limits?: SourceLimits;
  /** Makes what stops the requests to an upstream that keeps failing. Default: a breaker of its own. */
  readonly makeBreaker?: (options: CircuitBreakerOptions) => CircuitBreaker;
  /** What bounds its retries. Default: a budget of its own. */
  readonly budget?: RetryBudget | undefined;
  /** Where its answers are kept from run to run; closed with the client. Default: nowhere. */
  readonly cache?: PageCache | undefined;
}

/**
 * Builds the way to one upstream: transport and chain, this source's alone, and the limits. Its handler throws only
 * `SluiceError`s and the reasons of aborted signals.
 */
export function createSourceClient(options: SourceClientOptions): SourceClient {
  const { source, transportFactory, clock, random, emit, cache } = options;
  const { name, timeouts, maxHeaderBytes, maxBodyBytes } = source;
  const {
    limits = createSourceLimits({ source, clock }),
    makeBreaker = createCircuitBreaker,
    budget = createRetryBudget({ clock, ...retryBudgetSettings }),
  } = options;
  const baseUrl = new URL(source.baseUrl);
  const transport = openTransport(transportFactory, tokenOriginOf(source), {
    origin: baseUrl.origin,
    // Nothing may queue after the limiter, so each slot has a connection.
    connections: source.concurrency,
    connectMs: timeouts.connectMs,
    maxHeaderBytes,
    maxBodyBytes,
  });
  const breaker = makeBreaker({
    settings: source.breaker,
    clock,
    onTransition: (from, to, reason) => emit({ type: 'breaker', source: name, from, to, reason }),
  });
  const chain = defaultChain({
    source,
    limits,
    authenticator: options.authenticator,
    breaker,
    budget,
    clock,
    random,
    emit,
    stages: options.stages,
    cache,
  });
  const send = compose(chain)(transport.handle);
  const headers = { ...ownHeaders, ...credentials(baseUrl), ...lowerCased(source.headers) };
  return {
    handle: (request) => send({ ...request, headers: withHeaders(headers, request.headers) }),
    breaker,
    async close() {
      try {
        await transport.close();
      } finally {
        // Last: requests that the transport ends give back what they did not send.
        limits.close();
        await cache?.close();
      }
    },
  };
}

type Headers = Readonly<Record<string, string>>;

/** Few requests have headers of their own. */
function withHeaders(all: Headers, own: Headers): Headers {
  for (const _ in own) return { ...all, ...lowerCased(own) };
  return all;
}

const ownHeaders = { accept: 'application/json', 'user-agent': `sluice/${version}` };

/** Credentials in the base URL travel as a header: in a URL they would end up in logs, and `fetch` refuses them. */
function credentials({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  // Unlike decodeURIComponent, this leaves alone what is not encoded well.
  const pair = `${unescape(username)}:${unescape(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
