import type { Middleware } from '../../contracts/http.ts';
import type { CircuitBreaker } from '../../contracts/resilience.ts';

/** Runs each attempt through `breaker`; throws `circuit_open` where it lets none through. */
export function circuitBreaker(breaker: CircuitBreaker): Middleware {
  return (next) =>
    function circuitBreakerMiddleware(request) {
      return breaker.execute(() => next(request), request.signal);
    };
}
