import type { HttpRequest } from '../../contracts/http.ts';
import { classify, SluiceError } from '../../errors.ts';
import { cleanText, redactUrl } from '../../redact.ts';

/** OpenSSL's complaints about a certificate, as Node names them. It will be the same one the next time. */
const certificateCodes = /^(?:CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/;

/**
 * What a transport throws for a failure of `request`: the reason of its signal where that has aborted, as it is;
 * else an error with a code and the redacted URL.
 */
export function transportError(thrown: unknown, request: HttpRequest): unknown {
  if (request.signal.aborted && thrown === request.signal.reason) return thrown;
  const url = redactUrl(request.url);
  const code = codeOf(thrown);
  if (code === 'UND_ERR_CONNECT_TIMEOUT') {
    // A connection that takes too long is a timeout, whoever measured it.
    return new SluiceError('timeout', 'no connection in time', { cause: thrown, retryable: true, url });
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    const message = 'the headers of the response are over maxHeaderBytes';
    return new SluiceError('headers_too_large', message, { cause: thrown, url });
  }
  if (code !== undefined && certificateCodes.test(code)) {
    return new SluiceError('network_error', `the certificate is not trusted: ${code}`, { cause: thrown, url });
  }
  const noHttp = parserError(thrown);
  if (noHttp !== undefined) {
    return new SluiceError('network_error', cleanText(noHttp.message), { cause: thrown, retryable: true, url });
  }
  return classify(thrown).with({ url });
}

/** What came was not HTTP. Newer versions of undici mean to give that error a code, and give none. */
function parserError(thrown: unknown): Error | undefined {
  if (!(thrown instanceof Error)) return undefined;
  return thrown.name === 'HTTPParserError' ? thrown : parserError(thrown.cause);
}

/** `fetch` hides what happened in the cause. */
function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : codeOf(thrown.cause);
}
