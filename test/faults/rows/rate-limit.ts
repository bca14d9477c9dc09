/* oxlint-disable vitest/no-standalone-expect -- each of them is called within the test of its row */
import { expect } from 'vitest';
import { answering, items, json, misbehaving, numberIn } from '../answers.ts';
import { counted, slice } from '../listings.ts';
import { upstreamRows, type Seen } from '../upstream-row.ts';

const refused = (...headers: readonly string[]): string => json({}, headers, '429 Too Many Requests');
const well = json(items(1, 2));
const recovered = 'exit 0, complete, 2 records, 2 requests';

/** Milliseconds of each pause of the whole source. */
const pauses = ({ events }: Seen): number[] =>
  events.flatMap((event) => (event.type === 'limiter-paused' && event.source === 'faulty' ? [event.ms] : []));

/** One pause, as long as this; and, where that is short enough to wait for, a run at least that long. */
function paused(least: number, most: number): (seen: Seen) => void {
  return (seen) => {
    const [pause, ...others] = pauses(seen);
    expect(others).toEqual([]);
    // What is told is the time that is left of it, a moment later.
    expect(pause).toBeGreaterThan(least - 2);
    expect(pause).toBeLessThanOrEqual(most);
    if (most < 10_000) expect(seen.ms).toBeGreaterThan(least - 2);
  };
}

/** The backoff, because the upstream says nothing usable: between `baseMs` and `maxMs` of the rows. */
const backedOff = paused(1, 5);

export const rateLimitRows = upstreamRows('rate limit', [
  {
    fault: '429 with Retry-After in seconds',
    expected: recovered,
    upstream: answering(refused('retry-after: 1'), well),
    check: paused(1000, 1000),
  },
  {
    fault: '429 with Retry-After as a date',
    expected: recovered,
    upstream: misbehaving((socket, _head, index) => {
      // Dates have whole seconds: this is at least one ahead, and at most two.
      const date = new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000).toUTCString();
      socket.write(index === 0 ? refused(`retry-after: ${date}`) : well);
    }),
    check: paused(950, 2000),
  },
  {
    fault: '429 with Retry-After 0',
    expected: recovered,
    upstream: answering(refused('retry-after: 0'), well),
    check: backedOff,
  },
  {
    fault: '429 with a negative Retry-After',
    expected: recovered,
    upstream: answering(refused('retry-after: -5'), well),
    check: backedOff,
  },
  {
    fault: '429 with a Retry-After in the past',
    expected: recovered,
    upstream: answering(refused('retry-after: Wed, 21 Oct 2015 07:28:00 GMT'), well),
    check: backedOff,
  },
  {
    fault: '429 with a Retry-After that is no time',
    expected: recovered,
    upstream: answering(refused('retry-after: soon'), well),
    check: backedOff,
  },
  { fault: '429 without Retry-After', expected: recovered, upstream: answering(refused(), well), check: backedOff },
  {
    fault: '429 with a Retry-After of a day',
    expected: 'exit 3, failed, 0 records, 1 request, deadline_exceeded',
    config: { deadlineMs: 300 },
    upstream: answering(refused('retry-after: 86400'), well),
    // Five minutes at most; the run does not wait for them past its deadline.
    check: paused(300_000, 300_000),
  },
  {
    fault: '429 for ever',
    expected: 'exit 3, failed, 0 records, 3 requests, rate_limited after 3',
    upstream: answering(refused()),
  },
  {
    fault: '429 to all requests under way at once',
    expected: 'exit 0, complete, 18 records, 17 requests',
    source: counted,
    settings: { concurrency: 8 },
    upstream: () => {
      const waiting: (() => void)[] = [];
      return misbehaving((socket, head) => {
        const offset = numberIn(head, 'offset');
        if (offset === 0 || waiting.length === 8) return void socket.write(slice(offset, 18));
        waiting.push(() => socket.write(refused()));
        // None is answered before all eight are there.
        if (waiting.length === 8) for (const answer of waiting) answer();
      })();
    },
    // Eight refusals are one step of backoff, and lower the limit once.
    check: backedOff,
  },
  {
    fault: '503 with Retry-After',
    expected: recovered,
    upstream: answering(json({}, ['retry-after: 1'], '503 Service Unavailable'), well),
    check: paused(1000, 1000),
  },
  {
    fault: '429 whose exact reset is before its Retry-After',
    expected: recovered,
    upstream: misbehaving((socket, _head, index) => {
      const reset = Date.now() + 1500;
      const headers = ['retry-after: 60', 'x-ratelimit-remaining: 0', `x-ratelimit-reset: ${reset}`];
      socket.write(index === 0 ? refused(...headers) : well);
    }),
    check: paused(1200, 1500),
  },
  {
    fault: 'no requests left, until a moment in epoch milliseconds',
    expected: 'exit 0, complete, 4 records, 2 requests',
    source: counted,
    upstream: misbehaving((socket, head, index) => {
      const offset = numberIn(head, 'offset');
      const headers = ['x-ratelimit-remaining: 0', `x-ratelimit-reset: ${Date.now() + 1500}`];
      const body = { items: items(offset + 1, offset + 2), total: 4 };
      socket.write(json(body, index === 0 ? headers : []));
    }),
    check: paused(1200, 1500),
  },
  {
    fault: 'no requests left, for a second (RateLimit, draft 10)',
    expected: 'exit 0, complete, 4 records, 2 requests',
    source: counted,
    upstream: misbehaving((socket, head, index) => {
      const offset = numberIn(head, 'offset');
      const body = { items: items(offset + 1, offset + 2), total: 4 };
      socket.write(json(body, index === 0 ? ['ratelimit: "default";r=0;t=1'] : []));
    }),
    check: paused(1000, 1000),
  },
  {
    fault: 'headers that allow more than was declared',
    expected: 'exit 0, complete, 8 records, 4 requests',
    source: counted,
    settings: { rateLimit: { requests: 2, perMs: 200 } },
    upstream: misbehaving((socket, head) => {
      const offset = numberIn(head, 'offset');
      const body = { items: items(offset + 1, offset + 2), total: 8 };
      socket.write(json(body, ['x-ratelimit-limit: 100000', 'x-ratelimit-remaining: 99999', 'x-ratelimit-reset: 1']));
    }),
    // Four requests by two in 200 ms: the third waits for the window, whatever the headers say.
    check: (seen) => {
      expect(pauses(seen)).toEqual([]);
      expect(seen.ms).toBeGreaterThanOrEqual(198);
    },
  },
]);
