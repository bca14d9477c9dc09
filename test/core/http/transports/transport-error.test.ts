import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../../../core/errors.ts';
import { transportError } from '../../../../core/http/transports/transport-error.ts';
import { httpRequest } from '../../../support/http.ts';

const request = httpRequest('https://user:pw@a.test/x?token=secret');
const coded = (code: string, cause?: unknown): Error => Object.assign(new Error('it failed', { cause }), { code });

describe('transportError', () => {
  it('adds the redacted URL, and keeps what happened as the cause', () => {
    const thrown = coded('ECONNRESET');
    expect(transportError(thrown, request)).toMatchObject({
      code: 'network_error',
      retryable: true,
      url: 'https://a.test/x?token=***',
      cause: thrown,
    });
  });

  it.each(['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_HAS_EXPIRED', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'])(
    'takes %s, also within what fetch throws, for a certificate that will be no better next time',
    (code) => {
      for (const thrown of [coded(code), new TypeError('fetch failed', { cause: coded(code) })]) {
        expect(transportError(thrown, request)).toMatchObject({ code: 'network_error', retryable: false });
      }
    },
  );

  it('takes headers that are too long for what they will be the next time too', () => {
    const code = 'UND_ERR_HEADERS_OVERFLOW';
    for (const thrown of [coded(code), new TypeError('fetch failed', { cause: coded(code) })]) {
      expect(transportError(thrown, request)).toMatchObject({ code: 'headers_too_large', retryable: false });
    }
  });

  it('gives back the reason of an aborted signal as it is', () => {
    const reason = new Error('any reason');
    const aborted = httpRequest('https://a.test', { signal: AbortSignal.abort(reason) });
    expect(transportError(reason, aborted)).toBe(reason);
  });

  it('takes what nobody expected for a bug, never for a reason to try again', () => {
    expect(transportError(new RangeError('oops'), request)).toBeInstanceOf(SluiceError);
    expect(transportError(new RangeError('oops'), request)).toMatchObject({ code: 'internal_error', retryable: false });
  });
});
