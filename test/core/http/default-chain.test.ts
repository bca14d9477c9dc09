import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../core/contracts/events.ts';
import type { Handler } from '../../../core/contracts/http.ts';
import { untimed } from '../../../core/contracts/stages.ts';
import { plainAuthenticator } from '../../../core/http/auth/authenticator.ts';
import { compose } from '../../../core/http/compose.ts';
import { defaultChain } from '../../../core/http/default-chain.ts';
import { createCircuitBreaker } from '../../../core/http/resilience/circuit-breaker.ts';
import { createRetryBudget } from '../../../core/http/resilience/retry-budget.ts';
import { createSlidingLogLimiter } from '../../../core/http/resilience/sliding-log-limiter.ts';
import { createStorm } from '../../../core/http/resilience/source-pause.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { httpRequest, httpResponse } from '../../support/http.ts';
import { resolvedSource } from '../../support/resolved-source.ts';

const origin = 'http://shop.test';

function chainFor(slots: number) {
  const clock = fakeClock();
  const events: RunEvent[] = [];
  const source = resolvedSource(origin, {
    concurrency: slots,
    middleware: (['run', 'attempt', 'hop'] as const).map((place) => ({ name: place, place, wrap: (next) => next })),
  });
  const limiter = createSlidingLogLimiter({ limits: [{ requests: 2, perMs: 1000 }], marginMs: 0, clock });
  const pauses: number[] = [];
  const chain = defaultChain({
    source,
    limits: { limiter, storm: createStorm() },
    stages: { ...untimed, paused: (ms) => void pauses.push(ms) },
    breaker: createCircuitBreaker({ settings: source.breaker, clock, onTransition: () => undefined }),
    budget: createRetryBudget({ clock, windowMs: 60_000, minimum: 20 }),
    clock,
    random: () => 0,
    emit: (event) => events.push(event),
    authenticator: plainAuthenticator({ kind: 'bearer', token: 't0ken' }),
  });
  return { chain, clock, events, limiter, pauses };
}

describe('defaultChain', () => {
  it('stands in the order that the design argues for', () => {
    const end: Handler = async () => httpResponse();
    expect(chainFor(1).chain.map((middleware) => middleware(end).name)).toEqual([
      'userMiddleware',
      'retryMiddleware',
      'circuitBreakerMiddleware',
      'responseActionsMiddleware',
      'userMiddleware',
      'redirectMiddleware',
      'authenticateMiddleware',
      'userMiddleware',
      'concurrencyMiddleware',
      'rateLimitMiddleware',
      'observeMiddleware',
      'timeoutMiddleware',
      'secretQueryMiddleware',
    ]);
  });

  it('gives a request its token only once it has a slot', async () => {
    const { chain, clock, events } = chainFor(1);
    const handle = compose(chain)(async (request) => {
      request.onPhase?.('sent');
      await new Promise<void>((resolve) => clock.timer(100, resolve));
      return httpResponse();
    });
    await clock.run(Promise.all([1, 2, 3].map(() => handle(httpRequest(origin)))));
    // Sent at 0 and 100; the third asks for its token at 200, when it gets the slot, and has it at 1000.
    expect(events.filter(({ type }) => type === 'limiter-wait')).toMatchObject([{ ms: 800 }]);
  });

  it('tells once of a pause that was in force before the source began, as one that an earlier run was asked for', async () => {
    const { chain, clock, events, limiter, pauses } = chainFor(2);
    limiter.pause(300_000);
    await clock.advance(1_000);
    const handle = compose(chain)(async () => httpResponse());
    await clock.run(Promise.all([1, 2, 3].map(() => handle(httpRequest(origin)))));
    const reason = 'the upstream asked for it earlier';
    expect(events.filter(({ type }) => type === 'limiter-paused')).toEqual([
      { type: 'limiter-paused', source: 'shop', ms: 299_000, reason },
    ]);
    expect(pauses).toEqual([299_000]);
  });
});
