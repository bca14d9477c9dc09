import { createHash } from 'node:crypto';
import {
  type CircuitBreaker,
  type CircuitBreakerOptions,
  type Clock,
  type ResolvedSource,
  type RetryBudget,
  retryBudgetSettings,
  type SluiceError,
  type SourceLimits,
} from '../../../../core/engine.ts';
import type { RedisConnection } from '../redis/connect.ts';
import { limitKey, runKeys } from '../redis/keys.ts';
import { parseBreakerView } from './breaker-protocol.ts';
import { breakerScript } from './breaker-script.ts';
import { budgetScript } from './budget-script.ts';
import { parseLimiterReply } from './limiter-protocol.ts';
import { limiterScript } from './limiter-script.ts';
import { createPatientRun } from './patient-run.ts';
import { createSharedBreaker, type SharedBreaker } from './shared-breaker.ts';
import { createSharedBudget, parseBudgetReply, type SharedBudget } from './shared-budget.ts';
import { createSharedLimiter, type SharedLimiter } from './shared-limiter.ts';

/** Where the limits are kept, for which run, and which worker this is. */
export interface SharedLimitsOptions {
  readonly connection: RedisConnection;
  readonly queue: string;
  readonly runId: string;
  /** Of this process alone, and of this life of it; short, for it is part of each permit's name. */
  readonly worker: string;
  readonly clock: Clock;
  /** Told of what is more than a lost connection. The limits wait on. */
  readonly onFailure: (error: SluiceError) => void;
}

/** What of a source the limits go by. */
export type LimitedSource = Pick<
  ResolvedSource,
  'name' | 'baseUrl' | 'identity' | 'limitGroup' | 'rateLimits' | 'rateLimitMarginMs' | 'timeouts'
>;

/** What holds back the requests of all workers together: each of these stands in for the local one. */
export interface SharedLimits {
  /** The limits of a source, the same ones for all of its group. */
  limits(source: LimitedSource): SourceLimits;
  /** The breaker called `name`. */
  breaker(name: string, options: CircuitBreakerOptions): CircuitBreaker;
  /** The retry budget called `name`. */
  budget(name: string): RetryBudget;
  /** Tells the others what is left to tell, at most a second long, and ends all waiting. */
  close(): Promise<void>;
}

const closeMs = 1000;

/** Opens the way to the limits of a run, which goes on through any loss of the server. */
export async function openSharedLimits(options: SharedLimitsOptions): Promise<SharedLimits> {
  const { connection, queue, runId, worker, clock, onFailure } = options;
  const closing = new AbortController();
  const run = createPatientRun({ connection, clock, onFailure, signal: closing.signal });
  const { key } = runKeys(queue, runId);
  const limiters = new Map<string, SharedLimiter>();
  /** Of all sources that have used a limiter: those of a group may differ. */
  const connectMs = new Map<string, number>();
  const breakers = new Map<string, SharedBreaker>();
  const budgets: SharedBudget[] = [];

  const channel = key('breakers');
  const subscriber = connection.duplicate();
  subscriber.on('message', (_: string, text: string) => {
    const view = parseBreakerView(text);
    breakers.get(view.name)?.learn(view);
  });
  // What was published while there was no connection is lost.
  subscriber.on('ready', () => {
    for (const breaker of breakers.values()) breaker.refresh();
  });
  await subscriber.subscribe(channel);

  function limiterOf(source: LimitedSource): SharedLimiter {
    const identity = identityOf(source);
    connectMs.set(identity, Math.max(connectMs.get(identity) ?? 0, source.timeouts.connectMs));
    const keys = ['state', 'log', 'open', 'queue', `reply:${worker}`].map((part) => limitKey(queue, identity, part));
    const limiter =
      limiters.get(identity) ??
      createSharedLimiter({
        limits: source.rateLimits,
        marginMs: source.rateLimitMarginMs,
        sendMs: () => connectMs.get(identity) ?? 0,
        clock,
        worker,
        exchange: async (call) => parseLimiterReply(await run(limiterScript, keys, [JSON.stringify(call)])),
      });
    limiters.set(identity, limiter);
    return limiter;
  }

  return {
    limits(source) {
      const limiter = limiterOf(source);
      // A limiter lives as long as the worker: another source of its group may come.
      return { limiter, storm: limiter.storm, close: () => undefined };
    },
    breaker(name, breakerOptions) {
      const { cooldownMs, probes } = breakerOptions.settings;
      const breaker = createSharedBreaker({
        ...breakerOptions,
        step: async (step) => {
          const call = { ...step, name, worker, cooldownMs, turnMs: cooldownMs, probes };
          return parseBreakerView(await run(breakerScript, [key('breaker', name)], [JSON.stringify(call), channel]));
        },
      });
      breakers.set(name, breaker);
      return breaker;
    },
    budget(name) {
      const keys = [key('budget', name), key('budget', name, worker)];
      const budget = createSharedBudget({
        ...retryBudgetSettings,
        clock,
        worker,
        exchange: async (call) => parseBudgetReply(await run(budgetScript, keys, [JSON.stringify(call)])),
      });
      budgets.push(budget);
      return budget;
    },
    async close() {
      for (const budget of budgets) budget.close();
      let cancelTimer: (() => void) | undefined;
      const late = new Promise<void>((resolve) => {
        cancelTimer = clock.timer(closeMs, resolve);
      });
      await Promise.race([Promise.all(Array.from(limiters.values(), (limiter) => limiter.close())), late]);
      cancelTimer?.();
      closing.abort();
      subscriber.disconnect();
    },
  };
}

/** Whose sends are counted together: those of one source at its upstream, or of a whole group. */
function identityOf({ name, baseUrl, identity, limitGroup }: LimitedSource): string {
  const upstream = limitGroup === undefined ? (identity ?? new URL(baseUrl).origin) : 'group';
  return createHash('sha256')
    .update(JSON.stringify([upstream, limitGroup ?? name]))
    .digest('hex')
    .slice(0, 16);
}
