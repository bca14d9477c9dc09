import type { ResolvedSource } from '../config/resolved.ts';
import { classify, type SluiceError } from '../errors.ts';
import { isSecretKey } from '../redact.ts';
import type { Finding } from './check-run.ts';
import type { Probe, ProbedPage } from './open-probe.ts';

/** Asks a source for its first page, and says what came of it. Throws the signal's reason. */
export async function checkSource(probe: Probe, source: ResolvedSource, signal: AbortSignal): Promise<Finding> {
  const about = { what: 'source', name: source.name } as const;
  try {
    return { ...about, ...judge(await probe.ask(source, signal)) };
  } catch (thrown) {
    signal.throwIfAborted();
    const error = classify(thrown);
    return { ...about, ok: false, code: error.code, message: error.message, hint: hintOf(error, source) };
  }
}

function judge({ page, latencyMs }: ProbedPage): Omit<Finding, 'what' | 'name'> {
  const { items, count, rejects } = page;
  const [first] = rejects;
  if (first !== undefined && rejects.length === items) {
    return {
      ok: false,
      code: 'invalid_record',
      message: `every item of the first page is rejected, the first one for ${first.reason}: ${first.message}`,
      hint: `see each of them: pipeline preview`,
    };
  }
  const left = rejects.length === 0 ? '' : `, ${rejects.length} rejected`;
  const message =
    items === 0
      ? `answered in ${Math.round(latencyMs)} ms with an empty first page`
      : `answered in ${Math.round(latencyMs)} ms: ${items} items, ${count} records${left}`;
  return { ok: true, code: null, message, hint: null };
}

/** What to do about a failure that a user can do something about. */
function hintOf({ code, status }: SluiceError, source: ResolvedSource): string | null {
  if (status === 401 || status === 403) {
    const words = status === 401 ? 'does not know the credentials' : 'knows the caller and does not let it read this';
    if (sendsCredentials(source)) return `the upstream ${words}: check that they are right, and what they are good for`;
    return 'the upstream wants credentials, and none are sent: give the source auth, or a header such as authorization';
  }
  if (code === 'http_404') return 'check baseUrl and the path of the listing';
  if (code === 'rate_limited') return 'the upstream refuses more requests for now: wait, or declare a lower rate limit';
  if (code === 'network_error') return `check baseUrl, ${new URL(source.baseUrl).origin}, and the network`;
  if (code === 'timeout_after_retries') return 'the upstream is slow: raise timeouts, if that is how it always is';
  if (code === 'unexpected_shape') return 'check what items() of the source reads';
  return null;
}

function sendsCredentials({ auth, headers, baseUrl }: ResolvedSource): boolean {
  const { username, password } = new URL(baseUrl);
  return (
    auth !== undefined || username !== '' || password !== '' || Object.keys(headers).some((name) => isSecretKey(name))
  );
}
