import { expect, test } from 'vitest';
import { SluiceError, type ErrorCode } from '../../../../core/errors.ts';
import { attemptOutcome } from '../../../../core/http/resilience/attempt-outcome.ts';
import { failureWith } from '../support.ts';

const ill: ErrorCode[] = ['network_error', 'timeout', 'http_408', 'http_500', 'http_502', 'http_503', 'http_504'];
const answers: ErrorCode[] = ['rate_limited', 'http_304', 'http_400', 'http_404', 'http_425', 'body_too_large'];

test.each(ill)('%s means that the upstream is ill', (code) => {
  expect(attemptOutcome(failureWith(code))).toBe('failure');
});

test.each([...answers, 'unexpected_content_type', 'redirect_refused'] as ErrorCode[])('%s is an answer', (code) => {
  expect(attemptOutcome(failureWith(code))).toBe('answer');
});

test('what a rule of the source refuses is a failure where it may be tried again, and an answer where not', () => {
  const refused = (retryable: boolean) => new SluiceError('response_refused', 'refused', { retryable, status: 200 });
  expect([refused(true), refused(false)].map(attemptOutcome)).toEqual(['failure', 'answer']);
});

test('a foreign network failure counts as what it is', () => {
  expect(attemptOutcome(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))).toBe('failure');
});

test('a bug, a request taken back and a name that leads elsewhere say nothing', () => {
  const silent = [new TypeError('bug'), failureWith('aborted'), failureWith('address_refused')];
  expect(silent.map(attemptOutcome)).toEqual(['nothing', 'nothing', 'nothing']);
});
