import { classify, type ErrorCode } from '../../errors.ts';

/** What a failed attempt says of the upstream's health: it is ill, it answered, or nothing at all. */
export type AttemptOutcome = 'failure' | 'answer' | 'nothing';

const failureCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'network_error',
  'timeout',
  'http_408',
  'http_500',
  'http_502',
  'http_503',
  'http_504',
]);

const silentCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'internal_error',
  'aborted',
  'address_refused',
  'cost_refused',
  'circuit_open',
]);

/**
 * Says what an error means for the circuit breaker. A 429 or a 404 is an answer: the upstream works. A bug on this
 * side, a request taken back or never sent, or a name that leads elsewhere, says nothing. What a source's own rule calls a failure is
 * one; what it calls wrong for good is an answer, whatever its status.
 */
export function attemptOutcome(thrown: unknown): AttemptOutcome {
  const { code, retryable } = classify(thrown);
  if (failureCodes.has(code) || (code === 'response_refused' && retryable)) return 'failure';
  return silentCodes.has(code) ? 'nothing' : 'answer';
}
