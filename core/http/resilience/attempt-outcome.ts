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

/**
 * Says what an error means for the circuit breaker. A 429 or a 404 is an answer: the upstream works. A bug on this
 * side, or a request taken back, says nothing.
 */
export function attemptOutcome(thrown: unknown): AttemptOutcome {
  const { code } = classify(thrown);
  if (failureCodes.has(code)) return 'failure';
  return code === 'internal_error' || code === 'aborted' ? 'nothing' : 'answer';
}
