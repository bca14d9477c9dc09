import { expect, test } from 'vitest';
import type { CircuitBreaker } from '../../../../core/contracts/resilience.ts';
import { circuitBreaker } from '../../../../core/http/middleware/circuit-breaker.ts';
import { failureWith, httpRequest, httpResponse, rejection } from '../support.ts';

function fakeBreaker(refuses: boolean) {
  const signals: (AbortSignal | undefined)[] = [];
  const breaker: CircuitBreaker = {
    state: refuses ? 'open' : 'closed',
    lastFailure: undefined,
    era: 0,
    assertLets: () => undefined,
    ready: async () => undefined,
    execute(attempt, signal) {
      signals.push(signal);
      return refuses ? Promise.reject(failureWith('circuit_open')) : attempt();
    },
  };
  return { breaker, signals };
}

test('runs the attempt through the breaker, with its signal', async () => {
  const { breaker, signals } = fakeBreaker(false);
  const request = httpRequest();
  const response = httpResponse();
  expect(await circuitBreaker(breaker)(async () => response)(request)).toBe(response);
  expect(signals).toEqual([request.signal]);
});

test('asks nobody when the breaker refuses', async () => {
  let asked = 0;
  const handler = circuitBreaker(fakeBreaker(true).breaker)(async () => {
    asked += 1;
    return httpResponse();
  });
  expect(await rejection(handler(httpRequest()))).toMatchObject({ code: 'circuit_open' });
  expect(asked).toBe(0);
});
