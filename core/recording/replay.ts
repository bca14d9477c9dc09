import type { Clock } from '../contracts/clock.ts';
import type { HttpRequest, HttpResponse, TransportFactory } from '../contracts/http.ts';
import { SluiceError } from '../errors.ts';
import { isSecretHeader } from '../config/secrets.ts';
import { lowerCased } from '../lower-cased.ts';
import { nearest } from '../registry/nearest.ts';
import { decodeBody } from './body.ts';
import { identityOf, type RecordedRequest } from './exchange.ts';
import type { RecordedEntry, Recording } from './folder.ts';
import type { Scrubber } from './scrubber.ts';
import { createTurns } from './turns.ts';

/** What replaying needs of the run. */
export interface ReplayOptions {
  readonly scrubber: Scrubber;
  readonly clock: Clock;
  /** Origins of sources that this run leaves out: nobody waits for their answers. */
  readonly without: ReadonlySet<string>;
}

/** Headers that say nothing of what is asked for. */
const incidental = /^(?:accept(?:-.*)?|user-agent|content-length|host|connection|date)$/;

/**
 * A transport that answers from a recording and asks nobody: what was recorded for a request, in the order in which it was
 * asked for, and each answer when its turn was. Throws `replay_miss` for a request that was not recorded, or not as often,
 * and the failures that were recorded.
 */
export function replayTransport(recording: Recording, { scrubber, clock, without }: ReplayOptions): TransportFactory {
  const entries = recording.entries.filter(({ origin }) => !without.has(origin));
  const turns = createTurns(
    entries.map(({ answered }) => answered),
    clock,
  );
  const left = new Map<string, RecordedEntry[]>();
  for (const entry of entries) left.set(entry.identity, [...(left.get(entry.identity) ?? []), entry]);

  function take(request: RecordedRequest): RecordedEntry {
    const identity = identityOf(request);
    const candidates = left.get(identity);
    // Some upstreams page by a header; where the headers of all are others, they were of no account.
    const alike = candidates?.find(({ headers }) => sameHeaders(headers, request.headers)) ?? candidates?.[0];
    if (candidates === undefined || alike === undefined) throw missing(recording, request, entries);
    candidates.splice(candidates.indexOf(alike), 1);
    return alike;
  }

  async function handle(request: HttpRequest): Promise<HttpResponse> {
    request.signal.throwIfAborted();
    const entry = take(scrubber.request(request));
    const { response, failure } = await recording.read(entry);
    request.onPhase?.('sent');
    await turns.wait(entry.answered, request.signal);
    if (response === undefined) {
      const { code = 'network_error', message = '', retryable = false } = failure ?? {};
      throw new SluiceError(code, message, { retryable, url: scrubber.url(request.url.href) });
    }
    request.onPhase?.('headers');
    const body = decodeBody(response.body);
    request.onPhase?.('data');
    return { status: response.status, headers: lowerCased(response.headers), url: request.url.href, body };
  }

  return () => ({ handle, close: () => Promise.resolve() });
}

function sameHeaders(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const telling = (all: Readonly<Record<string, string>>): string =>
    JSON.stringify(
      Object.entries(lowerCased(all))
        .filter(([name]) => !incidental.test(name) && !isSecretHeader(name))
        .toSorted(([one], [other]) => (one < other ? -1 : 1)),
    );
  return telling(a) === telling(b);
}

/** Says what was asked for, and what was recorded instead. */
function missing(
  { folder, complete }: Recording,
  request: RecordedRequest,
  entries: readonly RecordedEntry[],
): SluiceError {
  const identity = identityOf(request);
  const times = entries.filter((entry) => entry.identity === identity).length;
  const asked = `${request.method} ${request.url}`;
  const cutOff = complete ? '' : '; the recording was cut off before its end';
  const details = { url: request.url };
  if (times > 0) {
    const text = `${asked} was recorded ${times === 1 ? 'once' : `${times} times`} in ${folder}, and is asked for once more`;
    return new SluiceError('replay_miss', text + cutOff, details);
  }
  const found = nearest(
    identity,
    entries.map((entry) => entry.identity),
  );
  const hint = found === undefined ? 'nothing like it was' : `the nearest that was is ${found}`;
  return new SluiceError('replay_miss', `${asked} was not recorded in ${folder}: ${hint}${cutOff}`, details);
}
