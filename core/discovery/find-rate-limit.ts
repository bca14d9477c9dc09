import type { RateLimit } from '../contracts/source.ts';
import type { Finding } from './finding.ts';

type Headers = Readonly<Record<string, string>>;

const polite: RateLimit = { requests: 5, perMs: 1000 };

/** Reads what the upstream says of its rate limit; where it says nothing, five a second is what nobody minds. */
export function findRateLimit(headers: Headers): Finding<RateLimit> {
  // draft-ietf-httpapi-ratelimit-headers: "100;w=60", or `"default";q=100;w=60`.
  const policy = headers['ratelimit-policy'] ?? headers['ratelimit-limit'] ?? headers['x-ratelimit-limit'] ?? '';
  const requests = Number(/\bq=(\d+)/.exec(policy)?.[1] ?? /^\s*(\d+)/.exec(policy)?.[1] ?? Number.NaN);
  const seconds = Number(/\b(?:w|window)=(\d+)/.exec(policy)?.[1] ?? Number.NaN);
  if (requests >= 1 && seconds >= 1) {
    const value = { requests, perMs: seconds * 1000 };
    return { value, certainty: 'sure', because: `the upstream declares ${requests} requests in ${seconds} s` };
  }
  const named = requestsIn(headers);
  if (named !== undefined) return named;
  return { value: polite, certainty: 'guess', because: 'the upstream declares none that says its window' };
}

/** Limits whose header says the window in its name: `x-ratelimit-limit-minute`. */
function requestsIn(headers: Headers): Finding<RateLimit> | undefined {
  const windows = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };
  for (const [window, perMs] of Object.entries(windows)) {
    const name = Object.keys(headers).find((header) =>
      new RegExp(`rate-?limit-limit-(?:per-)?${window}$`).test(header),
    );
    const requests = Number(name === undefined ? Number.NaN : headers[name]);
    if (Number.isSafeInteger(requests) && requests >= 1) {
      return { value: { requests, perMs }, certainty: 'sure', because: `the header ${name} says ${requests}` };
    }
  }
  return undefined;
}
