/** What an upstream says of its own rate limit. A part that was not said, or makes no sense, is left out. */
export interface RateLimitState {
  /** Requests left in the window. */
  readonly remaining?: number;
  /** Requests in a whole window. */
  readonly limit?: number;
  /** Milliseconds from now until the window starts anew; always more than 0. */
  readonly resetMs?: number;
}

type Headers = Readonly<Record<string, string>>;

/** No wish of an upstream holds a source back for longer at a time: five minutes. */
export const longestPauseMs = 300_000;

/**
 * Reads `RateLimit` (draft-ietf-httpapi-ratelimit-headers, in its present form and that of draft 7), `RateLimit-*`
 * (its earlier drafts) and `X-RateLimit-*` (no standard at all); the newer form wins. `nowEpochMs` is the time as the
 * upstream sees it.
 */
export function parseRateLimitHeaders(headers: Headers, nowEpochMs: number): RateLimitState {
  return {
    ...separateFields(headers, 'x-ratelimit-', nowEpochMs),
    ...separateFields(headers, 'ratelimit-', nowEpochMs),
    ...structuredField(headers, nowEpochMs),
  };
}

/** Whether the headers say how many requests are left: most APIs say nothing, and then there is nothing to parse. */
export function tellsRateLimit(headers: Headers): boolean {
  return (
    headers['x-ratelimit-remaining'] !== undefined ||
    headers['ratelimit-remaining'] !== undefined ||
    headers['ratelimit'] !== undefined
  );
}

/**
 * Milliseconds that a `Retry-After` asks for, in seconds or as an HTTP date; at most `longestPauseMs`. Undefined for
 * what gives no time in the future.
 */
export function parseRetryAfter(value: string | undefined, nowEpochMs: number): number | undefined {
  if (value === undefined) return undefined;
  const seconds = parseCount(value);
  const ms = seconds === undefined ? (parseHttpDate(value) ?? nowEpochMs) - nowEpochMs : seconds * 1000;
  return ms > 0 ? Math.min(ms, longestPauseMs) : undefined;
}

/**
 * The milliseconds for which a response asks to be left alone; undefined where it gives no usable time. A reset of the
 * rate limit within `longestPauseMs` goes before `Retry-After`, whether it is sooner or later, unless the response says
 * that requests are left in that window.
 */
export function parseRequestedPause(headers: Headers, nowEpochMs: number): number | undefined {
  const { remaining = 0, resetMs } = parseRateLimitHeaders(headers, nowEpochMs);
  const retryAfterMs = parseRetryAfter(headers['retry-after'], nowEpochMs);
  if (resetMs === undefined) return retryAfterMs;
  // The reset is the exact moment, where many servers send the length of a whole window as `Retry-After`. But with
  // requests left, or at the end of the day, it is about another limit than the one that was hit.
  const plausible = remaining === 0 && resetMs <= longestPauseMs;
  return plausible ? resetMs : (retryAfterMs ?? Math.min(resetMs, longestPauseMs));
}

/** The time as the upstream sees it, from its `Date`: what it says in epoch seconds counts from its clock, not ours. */
export function upstreamTime(headers: Headers, localEpochMs: number): number {
  const theirs = parseHttpDate(headers['date'] ?? '');
  // `Date` is cut to whole seconds and has travelled: within that, our own clock is the finer one.
  return theirs === undefined || Math.abs(theirs - localEpochMs) <= 2_000 ? localEpochMs : theirs;
}

function separateFields(headers: Headers, prefix: string, nowEpochMs: number): RateLimitState {
  // `100, 100;w=60`: the policy may stand behind the number, and a header that came twice is joined by a comma.
  const read = (name: string): number | undefined => parseCount(headers[prefix + name]?.split(/[,;]/)[0]);
  const reset = read('reset') ?? parseHttpDate(headers[`${prefix}reset`] ?? '');
  return state(read('remaining'), read('limit'), reset, nowEpochMs);
}

function structuredField(headers: Headers, nowEpochMs: number): RateLimitState {
  const value = headers['ratelimit'];
  if (value === undefined) return {};
  const draft7 = (name: string): number | undefined =>
    parseCount(new RegExp(`(?:^|[,;\\s])${name}=(\\d+)`).exec(value)?.[1]);
  if (draft7('remaining') !== undefined)
    return state(draft7('remaining'), draft7('limit'), draft7('reset'), nowEpochMs);

  const policies = listMembers(headers['ratelimit-policy'] ?? '');
  const [tightest] = listMembers(value)
    .map(({ name, parameters }) => ({ name, remaining: parameters.get('r'), reset: parameters.get('t') }))
    // The limit with the fewest requests left is the one that will be hit; of those, the one that holds longest.
    .toSorted((a, b) => (a.remaining ?? Infinity) - (b.remaining ?? Infinity) || (b.reset ?? 0) - (a.reset ?? 0));
  if (tightest === undefined) return {};
  const policy = policies.find(({ name }) => name === tightest.name);
  return state(tightest.remaining, policy?.parameters.get('q'), tightest.reset, nowEpochMs);
}

interface ListMember {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, number>;
}

/** The members of a structured list (RFC 9651), as far as rate limits need it: a name, and parameters that are numbers. */
function listMembers(value: string): ListMember[] {
  // No honest value is longer, and the search through a hostile one stays short.
  const text = value.slice(0, 1_000);
  const members = text.matchAll(/("(?:[^"\\]|\\.)*"|[^\s,;"]+)((?:\s*;[^,;"]*(?:"[^"]*")?)*)/g);
  return [...members].map(([, name = '', tail = '']) => ({
    name,
    parameters: new Map(
      [...tail.matchAll(/;\s*([a-z*][\w.*-]*)=(\d+)/g)].map(([, key = '', number = '']) => [key, Number(number)]),
    ),
  }));
}

function state(
  remaining: number | undefined,
  limit: number | undefined,
  reset: number | undefined,
  nowEpochMs: number,
): RateLimitState {
  const resetMs = reset === undefined ? 0 : untilReset(reset, nowEpochMs);
  return {
    ...(remaining === undefined ? {} : { remaining }),
    ...(limit === undefined ? {} : { limit }),
    ...(resetMs > 0 ? { resetMs } : {}),
  };
}

/**
 * Seconds from now, epoch seconds or epoch milliseconds (as which a date comes here): nobody says which, but their
 * sizes are far apart.
 */
function untilReset(reset: number, nowEpochMs: number): number {
  if (reset >= 1e12) return reset - nowEpochMs;
  return reset >= 1e9 ? reset * 1000 - nowEpochMs : reset * 1000;
}

function parseCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

/** Epoch milliseconds of the three forms of RFC 9110, 5.6.7; `Date.parse` alone would take a lot more for a date. */
function parseHttpDate(text: string): number | undefined {
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) return undefined;
  const time = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(time) ? undefined : time;
}
